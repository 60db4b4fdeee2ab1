//! What a step's own file says of it, in the comment that it begins with.

use super::{Kind, Step};

impl Step {
    /// What it makes: the first sentence.
    pub fn what(&self) -> String {
        let comment = self.comment();
        match sentence(&comment) {
            "" => "Functions of schema queue_desk.".to_owned(),
            sentence => sentence.to_owned(),
        }
    }

    /// Which locks it takes on tables that are there: the sentence behind `Locks:`.
    pub fn locks_said(&self) -> String {
        let comment = self.comment();
        match comment.split_once("Locks:") {
            Some((_, said)) => sentence(said).trim_end_matches('.').to_owned(),
            None if self.kind == Kind::Function => "none on tables: only functions are replaced".to_owned(),
            None => "not written down".to_owned(),
        }
    }

    fn comment(&self) -> String {
        let lines = self.sql.lines().map_while(|l| l.strip_prefix("--")).map(|l| l.trim_start_matches('-').trim());
        lines.filter(|l| !l.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

fn sentence(text: &str) -> &str {
    let end = text.find(". ").map_or(text.len(), |at| at + 1);
    text[..end].trim()
}
