use queue_desk::model::phone::{E164, PhoneProblem, is_region, normalise};

fn read(raw: &str) -> Result<String, PhoneProblem> {
    normalise(raw, "IL").map(|phone| phone.to_string())
}

#[test]
fn a_national_number_gets_the_code_of_the_region() {
    assert_eq!(read("0501234567").unwrap(), "+972501234567");
    assert_eq!(normalise("020 7946 0958", "GB").unwrap().as_str(), "+442079460958");
}

#[test]
fn every_way_of_writing_one_number_is_one_number() {
    for raw in [
        "+972501234567",
        "00972501234567",
        "972501234567",
        "+972-50-123-4567",
        "+972 (0)50 123 4567",
        "(050) 123-4567",
        "050.123.4567",
        " 050\u{a0}123\u{2011}4567 ",
        "\u{200f}\u{202a}+972 50-123-4567\u{202c}\u{200e}",
        "٠٥٠١٢٣٤٥٦٧",
        "۰۵۰۱۲۳۴۵۶۷",
        "＋９７２５０１２３４５６７",
    ] {
        assert_eq!(read(raw).as_deref(), Ok("+972501234567"), "{raw:?}");
    }
}

#[test]
fn nothing_entered_is_missing() {
    for raw in ["", "   ", "\t\n", "\u{200f}\u{feff}"] {
        assert_eq!(read(raw), Err(PhoneProblem::Missing), "{raw:?}");
    }
}

#[test]
fn what_no_phone_has_is_not_valid() {
    for raw in [
        "n/a",
        "-",
        "+",
        "00",
        "0",
        "12345",
        "05012345678901234567890",
        "+972",
        "+999123456789",
        "+1-555-1234",
        "0501234567 ext 5",
        "0501234567,0521234567",
        "tel:+972501234567",
        "050+1234567",
        "++972501234567",
        "=1+1",
        "𝟎𝟓𝟎",
    ] {
        assert_eq!(read(raw), Err(PhoneProblem::NotValid), "{raw:?}");
    }
}

#[test]
fn an_unknown_region_still_reads_international_numbers() {
    assert_eq!(normalise("+972501234567", "XX").unwrap().as_str(), "+972501234567");
    for region in ["XX", "US"] {
        assert_eq!(
            normalise("00972501234567", region).unwrap().as_str(),
            "+972501234567",
            "00 is international everywhere"
        );
    }
    assert_eq!(normalise("0501234567", "XX"), Err(PhoneProblem::NotValid));
    assert!(is_region("IL") && is_region("US") && !is_region("XX") && !is_region("") && !is_region("Israel"));
}

#[test]
fn a_normalised_number_stays_what_it_is_in_every_region() {
    for region in ["IL", "US", "GB", "DE", "XX"] {
        assert_eq!(normalise("+972501234567", region).unwrap().as_str(), "+972501234567");
    }
}

#[test]
fn people_see_it_spaced_and_logs_do_not_see_it() {
    let phone = normalise("0501234567", "IL").unwrap();
    assert_eq!(phone.international(), "+972 50-123-4567");
    assert_eq!(format!("{phone:?}"), "E164(…67)");
    assert!(!format!("{:?}", normalise("050123456", "IL")).contains("050"));
}

#[test]
fn a_number_from_the_database_is_taken_back_by_its_form() {
    assert_eq!(E164::try_from("+972501234567").unwrap().as_str(), "+972501234567");
    for text in
        ["", "+", "972501234567", "+0501234567", "+972 501234567", "+9725012345678901", "+٩٧٢٥٠١٢٣٤٥٦٧", "+123456"]
    {
        assert!(E164::try_from(text).is_err(), "{text:?}");
    }
}

#[test]
fn no_text_makes_it_panic_and_every_answer_is_e164() {
    let mut random = fastrand::Rng::with_seed(11);
    let alphabet: Vec<char> = "0123456789+-() .;=a٠٩\u{200f}０*#é📞".chars().collect();
    for _ in 0..3_000 {
        let raw: String = (0..random.usize(0..24)).map(|_| alphabet[random.usize(0..alphabet.len())]).collect();
        if let Ok(phone) = normalise(&raw, random.choice(["IL", "US", "XX", ""]).unwrap()) {
            assert_eq!(E164::try_from(phone.as_str()), Ok(phone.clone()), "{raw:?}");
        }
    }
}
