//! The text of a message, from a template and a lead's name.

/// WhatsApp refuses text bodies that are longer (Cloud API reference, text object), in characters.
const LONGEST_TEXT: usize = 4096;

/// Longer names are cut: nobody is greeted by a paragraph.
const LONGEST_NAME: usize = 60;

/// What is sent when nothing else is left.
const FALLBACK: &str = "Hello";

/// Fills `{first_name}` and `{last_name}`; other braces stay as they are, also those inside a name.
///
/// A missing name leaves no hole: `Hello {first_name}, welcome` becomes `Hello, welcome`. The result is never empty and
/// never longer than WhatsApp accepts.
pub fn fill(template: &str, first_name: Option<&str>, last_name: Option<&str>) -> String {
    let (first_name, last_name) = (tidy(first_name.unwrap_or_default()), tidy(last_name.unwrap_or_default()));
    let mut text = String::new();
    let mut rest = template;
    while let Some(brace) = rest.find('{') {
        text.push_str(&rest[..brace]);
        rest = &rest[brace..];
        if let Some(after) = rest.strip_prefix("{first_name}") {
            rest = put(&mut text, &first_name, after);
        } else if let Some(after) = rest.strip_prefix("{last_name}") {
            rest = put(&mut text, &last_name, after);
        } else {
            text.push('{');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    let text: String = text.trim().chars().take(LONGEST_TEXT).collect();
    if text.chars().all(|c| c.is_whitespace() || c.is_control() || is_unseen(c)) { FALLBACK.to_owned() } else { text }
}

/// Appends a name and returns what follows it. For a missing name the space before it goes too, and at the start of a
/// line also the comma after it.
fn put<'a>(text: &mut String, name: &str, after: &'a str) -> &'a str {
    text.push_str(name);
    if !name.is_empty() {
        return after;
    }
    text.truncate(text.trim_end_matches(' ').len());
    if text.is_empty() || text.ends_with('\n') { after.trim_start_matches([' ', ',', '!', '.']) } else { after }
}

/// One line, single spaces, nothing invisible that could reorder or hide the text around the name. A name without a
/// letter or digit (`-`, `?`) is a placeholder, hence missing.
fn tidy(name: &str) -> String {
    let seen: String = name.chars().map(|c| if c.is_control() { ' ' } else { c }).filter(|c| !is_unseen(*c)).collect();
    let line = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_name = line.chars().any(char::is_alphanumeric);
    if is_name { line.chars().take(LONGEST_NAME).collect::<String>().trim_end().to_owned() } else { String::new() }
}

/// Direction overrides and isolates, zero-width space, word joiner, byte order mark. Joiners stay: Persian and emoji need them.
fn is_unseen(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}
