use queue_desk::model::content::fill;

#[test]
fn names_are_put_in() {
    assert_eq!(fill("Hello {first_name}", Some("Noa"), None), "Hello Noa");
    assert_eq!(fill("{last_name}, {first_name}: hi", Some("נועה"), Some("כהן")), "כהן, נועה: hi");
}

#[test]
fn a_missing_name_leaves_no_hole() {
    for missing in [None, Some(""), Some("  \n"), Some("-"), Some("\u{202e}\u{200b}")] {
        assert_eq!(fill("Hello {first_name}", missing, None), "Hello");
        assert_eq!(fill("Hello {first_name}, welcome", missing, None), "Hello, welcome");
        assert_eq!(fill("{first_name}, welcome", missing, None), "welcome");
        assert_eq!(fill("Hello {first_name} {last_name}!\nBye", missing, missing), "Hello!\nBye");
        assert_eq!(fill("{first_name} {last_name}", missing, missing), "Hello");
    }
}

#[test]
fn other_braces_stay() {
    assert_eq!(fill("{{first_name}} {company} {", Some("Noa"), None), "{Noa} {company} {");
    assert_eq!(fill("Hi {First_Name}", Some("Noa"), None), "Hi {First_Name}");
}

#[test]
fn a_hostile_name_is_only_a_name() {
    assert_eq!(fill("Hello {first_name}", Some("{last_name}{first_name}"), Some("X")), "Hello {last_name}{first_name}");
    assert_eq!(
        fill("Hello {first_name}", Some(" Noa\r\n\r\nYour\tbank:  pay \u{202e}now\u{0}"), None),
        "Hello Noa Your bank: pay now"
    );
    assert!(fill("Hello {first_name}", Some(&"א".repeat(5_000)), None).chars().count() < 100);
}

#[test]
fn the_text_is_never_empty_and_never_too_long() {
    for template in ["", "  ", "\n", "{first_name}", "\u{200b}\u{feff}"] {
        assert_eq!(fill(template, None, None), "Hello");
    }
    assert_eq!(fill(&"שלום ".repeat(2_000), None, None).chars().count(), 4_096);
}
