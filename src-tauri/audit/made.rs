//! What the migration steps make, read from their own text: so that a check can tell what is no longer there. A test compares it with
//! a migrated database, in both directions.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    sql_words::{Word, words},
    steps::{STEPS, Step},
};

/// A table, function, index, policy or trigger of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Thing {
    pub step: &'static str,
    /// The columns of a table.
    pub parts: BTreeSet<String>,
    /// The table of an index.
    pub on: Option<String>,
}

/// By kind and name: `("table", "queue_desk.plan")`, `("policy", "public.leads queue_desk_reads")`.
pub type Things = BTreeMap<(&'static str, String), Thing>;

/// What all of `steps` leave behind, in their order.
pub fn things(steps: impl Iterator<Item = &'static Step>) -> Things {
    let mut things = Things::new();
    for step in steps.filter(|s| !s.is_crm()) {
        let words = words(step.sql);
        for statement in words.split(|w| w.is_sign(';')) {
            Reader { words: statement, at: 0, step: step.id }.read(&mut things);
        }
    }
    things
}

/// What this version makes.
pub fn all() -> Things {
    things(STEPS.iter())
}

struct Reader<'w> {
    words: &'w [Word],
    at: usize,
    step: &'static str,
}

impl<'w> Reader<'w> {
    fn read(&mut self, things: &mut Things) {
        match self.take() {
            Some("create") => self.create(things),
            Some("alter") => self.alter(things),
            Some("drop") => self.drop(things),
            _ => {}
        }
    }

    fn create(&mut self, things: &mut Things) {
        if self.skip("or") {
            self.skip("replace");
        }
        self.skip("unique");
        self.skip("constraint");
        let kind = self.take().map(str::to_owned);
        self.skip("concurrently");
        for word in ["if", "not", "exists"] {
            self.skip(word);
        }
        match kind.as_deref() {
            Some("table") => {
                let Some(name) = self.qualified() else { return };
                let parts = self.columns();
                self.add(things, "table", name, parts, None);
            }
            Some("function") => {
                if let Some(name) = self.qualified() {
                    self.add(things, "function", name, BTreeSet::new(), None);
                }
            }
            Some("index") => {
                let (Some(name), Some(table)) = (self.take().map(str::to_owned), self.on()) else { return };
                let schema = table.split('.').next().unwrap_or_default();
                self.add(things, "index", format!("{schema}.{name}"), BTreeSet::new(), Some(table.clone()));
            }
            Some(kind @ ("policy" | "trigger")) => {
                let (Some(name), Some(table)) = (self.take().map(str::to_owned), self.on()) else { return };
                let kind = if kind == "policy" { "policy" } else { "trigger" };
                self.add(things, kind, format!("{table} {name}"), BTreeSet::new(), Some(table.clone()));
            }
            _ => {}
        }
    }

    fn alter(&mut self, things: &mut Things) {
        if !self.skip("table") {
            return;
        }
        for word in ["if", "exists", "only"] {
            self.skip(word);
        }
        let Some(name) = self.qualified() else { return };
        let Some(table) = things.get_mut(&("table", name)) else { return };
        for action in top_level(&self.words[self.at..]) {
            let names: Vec<&str> = action.iter().filter_map(Word::name).collect();
            let rest = match names.as_slice() {
                ["add", "column", "if", "not", "exists", rest @ ..] | ["add", "column", rest @ ..] => rest,
                ["add", "constraint" | "check" | "foreign" | "primary" | "unique", ..] => continue,
                ["add", rest @ ..] => rest,
                ["drop", "column", "if", "exists", gone, ..] | ["drop", "column", gone, ..] => {
                    table.parts.remove(*gone);
                    continue;
                }
                _ => continue,
            };
            table.parts.extend(rest.first().map(|c| (*c).to_owned()));
        }
    }

    fn drop(&mut self, things: &mut Things) {
        let kind = match self.take() {
            Some("table") => "table",
            Some("function") => "function",
            Some("index") => "index",
            Some("policy") => "policy",
            Some("trigger") => "trigger",
            _ => return,
        };
        for word in ["concurrently", "if", "exists"] {
            self.skip(word);
        }
        let key = match kind {
            "policy" | "trigger" => {
                let name = self.take().map(str::to_owned);
                name.zip(self.on()).map(|(name, table)| format!("{table} {name}"))
            }
            _ => self.qualified(),
        };
        if let Some(key) = key {
            things.remove(&(kind, key));
        }
    }

    fn add(&self, things: &mut Things, kind: &'static str, name: String, parts: BTreeSet<String>, on: Option<String>) {
        things.insert((kind, name), Thing { step: self.step, parts, on });
    }

    fn take(&mut self) -> Option<&'w str> {
        self.at += 1;
        self.words.get(self.at - 1)?.name()
    }

    fn skip(&mut self, word: &str) -> bool {
        let found = self.words.get(self.at).is_some_and(|w| w.is(word));
        self.at += usize::from(found);
        found
    }

    /// `schema.name`.
    fn qualified(&mut self) -> Option<String> {
        let schema = self.take()?.to_owned();
        if !self.words.get(self.at)?.is_sign('.') {
            return None;
        }
        self.at += 1;
        Some(format!("{schema}.{}", self.take()?))
    }

    /// The table behind the next ON.
    fn on(&mut self) -> Option<String> {
        while !self.words.get(self.at)?.is("on") {
            self.at += 1;
        }
        self.at += 1;
        self.qualified()
    }

    fn columns(&self) -> BTreeSet<String> {
        let Some(open) = self.words[self.at.min(self.words.len())..].iter().position(|w| w.is_sign('(')) else {
            return BTreeSet::new();
        };
        let inside = &self.words[self.at + open + 1..];
        let no_column = ["check", "primary", "unique", "constraint", "foreign", "exclude", "like"];
        let names = top_level(inside).into_iter().filter_map(|item| item.first().and_then(Word::name));
        names.filter(|n| !no_column.contains(n)).map(str::to_owned).collect()
    }
}

/// What commas divide outside of brackets, up to the bracket that closes it all.
fn top_level(words: &[Word]) -> Vec<&[Word]> {
    let (mut items, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, word) in words.iter().enumerate() {
        match word {
            Word::Sign('(') => depth += 1,
            Word::Sign(')') if depth == 0 => {
                items.push(&words[start..at]);
                return items;
            }
            Word::Sign(')') => depth -= 1,
            Word::Sign(',') if depth == 0 => {
                items.push(&words[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&words[start.min(words.len())..]);
    items
}
