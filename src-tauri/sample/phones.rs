//! Phone numbers in the shapes that a CRM's free text holds them.
//!
//! Foreign numbers come from ranges that regulators keep for fiction. Israel keeps none for mobiles, so those are valid
//! numbers that could be somebody's: one more reason why nothing is ever sent from a sample.

use super::dice::Dice;

const AREAS: [&str; 20] = [
    "202", "206", "212", "214", "303", "305", "312", "404", "415", "503", "512", "602", "612", "617", "702", "713",
    "718", "808", "816", "907",
];

/// Not one of them is a phone number, in Israel or anywhere.
pub const MALFORMED: [&str; 9] =
    ["call after 6", "12345", "   ", "+972", "05 555", "unknown", "052-555", "054 555 12", "0525551234 / 0545551234"];

/// What a lead's phone column holds.
pub struct Phone {
    pub text: Option<String>,
    /// A valid number once normalised with region IL.
    pub valid: bool,
}

/// Hands out numbers, each once, except where two leads are meant to share one.
#[derive(Default)]
pub struct Phones {
    israeli: u32,
    foreign: u32,
    /// The last Israeli number, as area and subscriber number.
    last: Option<(&'static str, String)>,
}

impl Phones {
    /// The phone of the `index`-th lead.
    pub fn next(&mut self, dice: &mut Dice, index: usize) -> Phone {
        // The same person twice, once as 05x and once as +9725x.
        if index % 50 == 33
            && let Some((area, rest)) = &self.last
        {
            return valid(if index % 100 == 33 { national(area, rest) } else { e164(area, rest) });
        }
        match dice.weighted(&[(3, 'n'), (3, 'm'), (8, 'f'), (86, 'i')]) {
            'n' => Phone { text: None, valid: false },
            'm' => Phone { text: Some(dice.pick(&MALFORMED).to_owned()), valid: false },
            'f' => match self.foreign() {
                Some(number) => valid(number),
                None => self.israeli(dice),
            },
            _ => self.israeli(dice),
        }
    }

    fn israeli(&mut self, dice: &mut Dice) -> Phone {
        let (turn, round) = (self.israeli % 5, self.israeli / 5);
        self.israeli += 1;
        let area = ["50", "52", "53", "54", "58"][turn as usize];
        // 555 first. 7919 shares no factor with 10,000: neighbours differ, and none repeats within an area.
        let rest =
            format!("55{}{:04}", (5 + round / 10_000) % 10, (round % 10_000 * 7919 + turn * 2113 + 1234) % 10_000);
        let number = match dice.weighted(&[(55, 0), (25, 1), (10, 2), (10, 3)]) {
            0 => e164(area, &rest),
            1 => national(area, &rest),
            2 => format!("0{area}{rest}"),
            _ => format!("+972 {area}-{}-{}", &rest[..3], &rest[3..]),
        };
        self.last = Some((area, rest));
        valid(number)
    }

    /// None once fiction has run out of numbers.
    fn foreign(&mut self) -> Option<String> {
        let n = self.foreign;
        self.foreign += 1;
        let round = n / 5;
        match n % 5 {
            0 if round < 2_000 => Some(format!("+1{}55501{:02}", AREAS[round as usize % 20], round / 20)),
            1 if round < 1_000 => Some(format!("+442079460{round:03}")),
            2 if round < 95 => Some(format!("+46701740{:03}", 605 + round)),
            3 if round < 100 => Some(format!("+4917139200{round:02}")),
            _ if n < 10_000 => Some(format!("+3326191{n:04}")),
            _ => None,
        }
    }
}

fn valid(text: String) -> Phone {
    Phone { text: Some(text), valid: true }
}

fn e164(area: &str, rest: &str) -> String {
    format!("+972{area}{rest}")
}

fn national(area: &str, rest: &str) -> String {
    format!("0{area}-{}-{}", &rest[..3], &rest[3..])
}
