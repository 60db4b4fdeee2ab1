//! SQL as a row of words: enough to read names out of it, without understanding it. Comments and texts are left out.

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// A name or a keyword; in lower case unless it was quoted.
    Name(String),
    /// A text, a number: a value.
    Value,
    Sign(char),
}

impl Word {
    pub fn is(&self, name: &str) -> bool {
        matches!(self, Word::Name(n) if n == name)
    }

    pub fn is_sign(&self, sign: char) -> bool {
        *self == Word::Sign(sign)
    }

    pub fn name(&self) -> Option<&str> {
        match self {
            Word::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// Splits a text into its words.
pub fn words(sql: &str) -> Vec<Word> {
    let chars: Vec<char> = sql.chars().collect();
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        match c {
            c if c.is_whitespace() => at += 1,
            '-' if next == Some('-') => at = after(&chars, at, "\n"),
            '/' if next == Some('*') => at = after(&chars, at + 2, "*/"),
            '\'' => {
                at = text(&chars, at + 1, '\'');
                words.push(Word::Value);
            }
            '"' => {
                let end = text(&chars, at + 1, '"');
                let name: String = chars[at + 1..(end - 1).max(at + 1)].iter().collect();
                words.push(Word::Name(name.replace("\"\"", "\"")));
                at = end;
            }
            '$' if dollar(&chars, at).is_some() => {
                let tag = dollar(&chars, at).unwrap_or_default();
                at = after(&chars, at + tag.chars().count(), &tag);
                words.push(Word::Value);
            }
            c if c.is_ascii_digit() => {
                while chars.get(at).is_some_and(|c| c.is_ascii_alphanumeric() || *c == '.') {
                    at += 1;
                }
                words.push(Word::Value);
            }
            c if c.is_alphabetic() || c == '_' => {
                let start = at;
                while chars.get(at).is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | '$')) {
                    at += 1;
                }
                words.push(Word::Name(chars[start..at].iter().collect::<String>().to_lowercase()));
            }
            sign => {
                words.push(Word::Sign(sign));
                at += 1;
            }
        }
    }
    words
}

/// Behind the next `end`, or behind everything.
fn after(chars: &[char], from: usize, end: &str) -> usize {
    let end: Vec<char> = end.chars().collect();
    let found = (from..chars.len()).find(|&at| chars[at..].starts_with(&end));
    found.map_or(chars.len(), |at| at + end.len())
}

/// Behind the closing quote; a doubled one is part of the text.
fn text(chars: &[char], mut at: usize, quote: char) -> usize {
    while let Some(&c) = chars.get(at) {
        at += 1;
        if c == quote {
            if chars.get(at) != Some(&quote) {
                return at;
            }
            at += 1;
        }
    }
    at
}

/// `$$` or `$name$` that begins here.
fn dollar(chars: &[char], at: usize) -> Option<String> {
    let rest = &chars[at + 1..];
    let len = rest.iter().position(|c| *c == '$')?;
    let name = &rest[..len];
    let is_tag =
        name.iter().all(|c| c.is_alphanumeric() || *c == '_') && !name.first().is_some_and(char::is_ascii_digit);
    is_tag.then(|| format!("${}$", name.iter().collect::<String>()))
}
