//! Phone numbers: from what people typed into a CRM to E.164, or a reason why not.
//!
//! E.164 is the ITU-T numbering plan: `+`, a country code, at most 15 digits in all. The countries' plans come from
//! Google's libphonenumber metadata, through the crate `phonenumber`.
//!
//! A number is valid here when it fits its country's plan (length and leading digits). The library's stricter `is_valid`
//! also wants the block of numbers to be assigned to a carrier as far as its authors know, and refuses for example
//! Israeli 050-1 and 054-1 numbers: a new customer in a newly opened block would silently be left out, whereas
//! a number that nobody has costs one refusal by the provider.

use std::fmt;

use phonenumber::{Mode, PhoneNumber, country, metadata::DATABASE};

/// A phone number as the queue keeps it: `+972501234567`.
///
/// `Debug` shows only the last two digits, so that a number cannot slip into a log; `Display` and [`E164::as_str`] give
/// it whole.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct E164(String);

/// Why a lead cannot be written to. Never holds the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhoneProblem {
    /// Nothing was entered.
    Missing,
    /// Something was entered, and no country has numbers like it.
    NotValid,
}

/// Reads a number as a person in `region` (ISO 3166 alpha-2, such as `IL`) would have typed it.
///
/// National numbers get the region's country code: in `IL`, `050-123-4567` is `+972501234567`. International ones may
/// start with `+` or `00`, in every region. Spaces, dashes, dots, slashes, brackets and direction marks are
/// skipped; Arabic-Indic and full-width digits are read. Letters are refused, and with them extensions, because no
/// WhatsApp account has one. With an unknown region only international numbers can be read.
pub fn normalise(raw: &str, region: &str) -> Result<E164, PhoneProblem> {
    let dialled = dialled(raw)?;
    let region = region.parse::<country::Id>().ok();
    let number = phonenumber::parse(region, &dialled).map_err(|_| PhoneProblem::NotValid)?;
    if !fits_plan(&number) {
        return Err(PhoneProblem::NotValid);
    }
    E164::try_from(number.format().mode(Mode::E164).to_string().as_str())
}

/// The phone region of a database that names none: where the product's first users are.
const DEFAULT_REGION: &str = "IL";

/// The region that an operator's national numbers are read in: the operator's own, else the database's.
pub fn region<'a>(own: Option<&'a str>, database: Option<&'a str>) -> &'a str {
    own.filter(|region| is_region(region)).or(database).unwrap_or(DEFAULT_REGION)
}

/// Whether `code` is a region that [`normalise`] knows.
pub fn is_region(code: &str) -> bool {
    code.parse::<country::Id>().is_ok()
}

/// Several regions may share a code (+1); one of their plans is enough.
fn fits_plan(number: &PhoneNumber) -> bool {
    let national = number.national().to_string();
    let mut plans = DATABASE.by_code(&number.country().code()).into_iter().flatten();
    plans.any(|plan| plan.descriptors().general().is_match(&national))
}

/// The digits to dial, with a `+` in front when the number is international.
fn dialled(raw: &str) -> Result<String, PhoneProblem> {
    let mut dialled = String::new();
    let mut blank = true;
    for c in raw.chars() {
        if c.is_whitespace() || is_direction_mark(c) {
            continue;
        }
        blank = false;
        match c {
            '+' | '\u{ff0b}' if dialled.is_empty() => dialled.push('+'),
            '-' | '.' | '/' | '(' | ')' | '[' | ']' | '\u{2010}'..='\u{2015}' | '\u{2212}' => {}
            _ => dialled.push(ascii_digit(c).ok_or(PhoneProblem::NotValid)?),
        }
    }
    match dialled.strip_prefix("00") {
        Some(international) => Ok(format!("+{international}")),
        None if blank => Err(PhoneProblem::Missing),
        None => Ok(dialled),
    }
}

fn ascii_digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '\u{660}'..='\u{669}' => 0x660,
        '\u{6f0}'..='\u{6f9}' => 0x6f0,
        '\u{ff10}'..='\u{ff19}' => 0xff10,
        _ => return None,
    };
    char::from_digit(c as u32 - zero, 10)
}

/// Invisible marks that copying a number out of a right-to-left page leaves in it.
fn is_direction_mark(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

impl E164 {
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With the spacing of its country, for people: `+972 50-123-4567`.
    pub fn international(&self) -> String {
        match phonenumber::parse(None, &self.0) {
            Ok(number) => number.format().mode(Mode::International).to_string(),
            Err(_) => self.0.clone(),
        }
    }
}

/// Takes back a number that we normalised before. Checks the form, not whether the number exists.
impl TryFrom<&str> for E164 {
    type Error = PhoneProblem;

    fn try_from(text: &str) -> Result<Self, PhoneProblem> {
        let digits = text.strip_prefix('+').ok_or(PhoneProblem::NotValid)?.as_bytes();
        let is_form = (7..=15).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit);
        if is_form { Ok(Self(text.to_owned())) } else { Err(PhoneProblem::NotValid) }
    }
}

impl fmt::Display for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for E164 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E164(…{})", &self.0[self.0.len() - 2..])
    }
}
