//! Invented people. Each name is a random pair from these lists, except the awkward ones, which are what real tables hold.

use super::dice::Dice;

pub type Name = (Option<String>, Option<String>);

// First names and surnames, by script.
const HEBREW: (&str, &str) = (
    "נועה איתי מאיה יונתן תמר עומר שירה דניאל רוני אורי הילה גיא ליאור מיכל ארז",
    "כהן לוי מזרחי פרץ ביטון אברהם שפירא גולן ברק אלון שגיא נבון הראל דיין רגב",
);
const LATIN: (&str, &str) = (
    "Yael Eitan Maya Jonathan Tamar Omer Shira Daniel Ronit Uri Hila Guy Anna Mark Olga",
    "Cohen Mizrahi Peretz Biton Shapira Golan Barak Alon Navon Harel Regev Stern Weiss Petrov",
);
const ARABIC: (&str, &str) = ("ليلى سامر نور كريم رنا يوسف هبة طارق", "حداد خوري منصور نصار عودة سالم زعبي");
const ACCENTED: (&str, &str) =
    ("José Zoë Łukasz Renée Jürgen Šárka Søren İpek", "Núñez Müller-Weiß Wałęsiak Dvořáková Ångström D’Árcy Çelik");

/// What breaks exports, grids and templates. All of them come up in every 400 leads.
const AWKWARD: [(Option<&str>, Option<&str>); 16] = [
    (Some("Dana \"Didi\""), Some("O'Hara")),
    (Some("Gil\nsecond line"), Some("Ben\tTab")),
    (Some("=HYPERLINK(\"http://example.com\",\"click\")"), Some("Formula")),
    (Some("+1+1"), Some("Plus")),
    (Some("@SUM(A1:A9)"), Some("At")),
    (Some("-2"), Some("Minus")),
    (Some("🏡 Shira"), Some("👨‍👩‍👧 Family")),
    // The accent is a character of its own.
    (Some("Rene\u{301}e"), Some("Decomposed")),
    // Marks of direction that nobody sees.
    (Some("\u{200f}דנה (office)\u{200e}"), Some("לוי 2")),
    (None, Some("Surname only")),
    (Some("First only"), None),
    (None, None),
    (Some("   "), Some("")),
    (Some("Levi, Bar; Sons"), Some("\"quoted\"")),
    (Some("{{1}} {first_name}"), Some("%s ${x}")),
    (Some("<b>Bold</b>"), Some("&amp; \\ end")),
];

/// The name of the `index`-th lead.
pub fn name(dice: &mut Dice, index: usize) -> Name {
    match index % 25 {
        7 => {
            let (first, last) = AWKWARD[index / 25 % AWKWARD.len()];
            (first.map(str::to_owned), last.map(str::to_owned))
        }
        // As long as the column allows.
        19 if index % 200 == 19 => {
            (Some("Bartholomew-".repeat(21)), Some("Longname ".repeat(40).trim_end().to_owned()))
        }
        _ => {
            let (first, last) = dice.weighted(&[(52, HEBREW), (36, LATIN), (7, ARABIC), (5, ACCENTED)]);
            (Some(word(dice, first)), Some(word(dice, last)))
        }
    }
}

fn word(dice: &mut Dice, list: &str) -> String {
    dice.pick(&list.split(' ').collect::<Vec<_>>()).to_owned()
}
