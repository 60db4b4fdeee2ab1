//! Reads which tables and columns the body of a function names.

use std::collections::{HashMap, HashSet};

use super::own::own_names;
use crate::{
    audit::sql_words::Word,
    db::check::{Function, Relation},
};

/// What is certainly gone, and what may be.
#[derive(Default)]
pub(super) struct Read {
    pub gone: Vec<String>,
    pub doubts: Vec<String>,
}

impl Read {
    fn gone(&mut self, what: String) {
        if !self.gone.contains(&what) {
            self.gone.push(what);
        }
    }
}

pub(super) fn read(words: &[Word], function: &Function, relations: &[Relation]) -> Read {
    let mut body =
        Body { words, relations, aliases: HashMap::new(), own: own_names(words, function), read: Read::default() };
    body.tables();
    body.columns_with_a_table();
    body.new_and_old(function);
    body.bare_columns();
    body.texts();
    body.read
}

struct Body<'a> {
    words: &'a [Word],
    relations: &'a [Relation],
    /// A name in front of a column, and every relation that it may mean.
    aliases: HashMap<String, Vec<&'a Relation>>,
    own: HashSet<String>,
    read: Read,
}

/// What may stand where an alias could.
const NO_ALIAS: [&str; 34] = [
    "where",
    "on",
    "set",
    "join",
    "left",
    "right",
    "inner",
    "full",
    "cross",
    "outer",
    "natural",
    "lateral",
    "group",
    "order",
    "limit",
    "offset",
    "having",
    "union",
    "except",
    "intersect",
    "returning",
    "loop",
    "using",
    "for",
    "values",
    "select",
    "default",
    "then",
    "with",
    "window",
    "fetch",
    "into",
    "tablesample",
    "do",
];

impl<'a> Body<'a> {
    fn name(&self, at: usize) -> Option<&'a str> {
        self.words.get(at).and_then(Word::name)
    }

    fn sign(&self, at: usize, sign: char) -> bool {
        self.words.get(at).is_some_and(|w| w.is_sign(sign))
    }

    /// `schema.name` or `name` at this place: the relation, what it was called, and where it ends.
    fn relation(&self, at: usize) -> Option<(Option<&'a Relation>, String, bool, usize)> {
        let first = self.name(at)?;
        let (schema, name, end) = match self.sign(at + 1, '.') {
            true => (Some(first), self.name(at + 2)?, at + 3),
            false => (None, first, at + 1),
        };
        let of = |schema: &str| self.relations.iter().find(|r| r.schema == schema && r.name == name);
        let found = match schema {
            Some(schema) => of(schema),
            None => of("public").or_else(|| of("auth")).or_else(|| of("queue_desk")),
        };
        let called = schema.map_or(name.to_owned(), |s| format!("{s}.{name}"));
        let ours_to_judge = match schema {
            Some(schema) => matches!(schema, "public" | "auth" | "queue_desk"),
            None => !self.own.contains(name),
        };
        Some((found, called, ours_to_judge, end))
    }

    fn alias(&mut self, relation: &'a Relation, end: usize) {
        self.aliases.entry(relation.name.clone()).or_default().push(relation);
        let at = if self.name(end) == Some("as") { end + 1 } else { end };
        if let Some(alias) = self.name(at).filter(|a| !NO_ALIAS.contains(a)) {
            self.aliases.entry(alias.to_owned()).or_default().push(relation);
        }
    }

    fn tables(&mut self) {
        for at in 0..self.words.len() {
            let before = at.checked_sub(1).and_then(|b| self.name(b));
            let (writes, insert) = match self.name(at) {
                Some("into") if before == Some("insert") => (true, true),
                // `for update`, `on conflict do update`, `after update` name no table.
                Some("update") if !matches!(before, Some("for" | "do" | "or" | "after" | "before" | "key" | "on")) => {
                    (true, false)
                }
                Some("from") if before == Some("delete") => (true, false),
                // `extract(x from y)`, `is distinct from y`.
                Some("from" | "join") if before != Some("distinct") && !self.in_a_call(at) => (false, false),
                _ => continue,
            };
            let start = if self.name(at + 1) == Some("only") { at + 2 } else { at + 1 };
            let Some((found, called, ours, end)) = self.relation(start) else { continue };
            let called_like_a_function = self.sign(end, '(') && !insert;
            match found {
                Some(relation) => {
                    self.alias(relation, end);
                    if insert {
                        self.listed(relation, end);
                    } else if self.name(at) == Some("update") {
                        self.set(relation, end);
                    }
                }
                None if called_like_a_function
                    || !ours
                    || matches!(self.name(start), Some("lateral" | "unnest" | "select")) => {}
                None if writes || called.contains('.') => self.read.gone(format!("table {called} is not there")),
                None => self.read.doubts.push(format!("it reads {called}, which is no table that is there")),
            }
        }
    }

    /// FROM inside the brackets of `extract`, `substring`, `trim`, `overlay`, `position`.
    fn in_a_call(&self, at: usize) -> bool {
        let mut depth = 0;
        for before in (0..at).rev() {
            match &self.words[before] {
                Word::Sign(')') => depth += 1,
                Word::Sign('(') if depth == 0 => {
                    let call = before.checked_sub(1).and_then(|b| self.name(b));
                    return matches!(call, Some("extract" | "substring" | "trim" | "overlay" | "position"));
                }
                Word::Sign('(') => depth -= 1,
                Word::Sign(';') => return false,
                _ => {}
            }
        }
        false
    }

    fn must_have(&mut self, relation: &Relation, column: &str) {
        if !relation.columns.iter().any(|c| c == column) {
            self.read.gone(format!("{}.{} has no column {column}", relation.schema, relation.name));
        }
    }

    /// `insert into t (a, b)`.
    fn listed(&mut self, relation: &'a Relation, mut at: usize) {
        if self.name(at) == Some("as") {
            at += 2;
        }
        if !self.sign(at, '(') || matches!(self.name(at + 1), Some("select" | "with")) {
            return;
        }
        for item in at + 1.. {
            match self.words.get(item) {
                Some(Word::Name(column)) if self.sign(item + 1, ',') || self.sign(item + 1, ')') => {
                    self.must_have(relation, column)
                }
                Some(Word::Sign(')')) | None => return,
                _ => {}
            }
        }
    }

    /// `update t set a = .., b = ..`.
    fn set(&mut self, relation: &'a Relation, end: usize) {
        let Some(set) = (end..(end + 3).min(self.words.len())).find(|at| self.name(*at) == Some("set")) else { return };
        let (mut depth, mut fresh) = (0, true);
        for at in set + 1..self.words.len() {
            match &self.words[at] {
                Word::Sign('(') => depth += 1,
                Word::Sign(')') if depth == 0 => return,
                Word::Sign(')') => depth -= 1,
                Word::Sign(';') => return,
                Word::Sign(',') if depth == 0 => fresh = true,
                Word::Name(word) if depth == 0 && matches!(word.as_str(), "where" | "from" | "returning") => return,
                Word::Name(column) if depth == 0 && fresh => {
                    if self.sign(at + 1, '=') || self.sign(at + 1, ':') {
                        self.must_have(relation, column);
                    }
                    fresh = false;
                }
                _ => {}
            }
        }
    }

    /// `alias.column`.
    fn columns_with_a_table(&mut self) {
        for at in 0..self.words.len() {
            let (Some(table), true, Some(column)) = (self.name(at), self.sign(at + 1, '.'), self.name(at + 2)) else {
                continue;
            };
            let qualified = at > 0 && self.sign(at - 1, '.');
            if qualified || self.sign(at + 3, '(') || self.sign(at + 3, '.') || self.own.contains(table) {
                continue;
            }
            let Some(meant) = self.aliases.get(table) else { continue };
            // The name of a schema too: `public.leads`.
            let has = |r: &&Relation| {
                r.columns.iter().any(|c| c == column)
                    || self.relations.iter().any(|o| o.schema == table && o.name == column)
            };
            if !meant.iter().any(has) {
                let relation = meant[0];
                self.must_have(relation, column);
            }
        }
    }

    fn new_and_old(&mut self, function: &Function) {
        let tables: Vec<&'a Relation> = self
            .relations
            .iter()
            .filter(|r| function.trigger_of.contains(&format!("{}.{}", r.schema, r.name)))
            .collect();
        if tables.is_empty() || tables.len() != function.trigger_of.len() {
            return;
        }
        for at in 0..self.words.len() {
            let (Some("new" | "old"), true, Some(column)) = (self.name(at), self.sign(at + 1, '.'), self.name(at + 2))
            else {
                continue;
            };
            let missing = tables.iter().filter(|t| !t.columns.iter().any(|c| c == column)).count();
            if missing == tables.len() {
                self.must_have(tables[0], column);
            } else if missing > 0 {
                self.read.doubts.push(format!("it reads {column} of a row that has none on some of its tables"));
            }
        }
    }

    /// `select a, b into x from t`: what is neither a column nor a name of its own may be gone, or be something else.
    fn bare_columns(&mut self) {
        const KNOWN: [&str; 40] = [
            "distinct",
            "all",
            "case",
            "when",
            "then",
            "else",
            "end",
            "null",
            "true",
            "false",
            "and",
            "or",
            "not",
            "is",
            "in",
            "like",
            "ilike",
            "between",
            "interval",
            "current_date",
            "current_timestamp",
            "current_user",
            "session_user",
            "localtimestamp",
            "filter",
            "where",
            "over",
            "partition",
            "by",
            "order",
            "asc",
            "desc",
            "nulls",
            "first",
            "last",
            "at",
            "zone",
            "array",
            "row",
            "exists",
        ];
        for select in 0..self.words.len() {
            if self.name(select) != Some("select") {
                continue;
            }
            let mut depth = 0;
            let mut list = Vec::new();
            let mut targets = false;
            let mut from = None;
            for at in select + 1..self.words.len() {
                match &self.words[at] {
                    Word::Sign('(') => depth += 1,
                    Word::Sign(')') if depth == 0 => break,
                    Word::Sign(')') => depth -= 1,
                    Word::Sign(';') => break,
                    Word::Name(n) if n == "from" && depth == 0 => {
                        from = Some(at);
                        break;
                    }
                    Word::Name(n) if n == "into" && depth == 0 => targets = true,
                    Word::Name(n) if n == "select" => break,
                    Word::Name(n) if !targets && depth == 0 => list.push((at, n.as_str())),
                    _ => {}
                }
            }
            let Some(from) = from else { continue };
            let Some((Some(relation), _, _, end)) = self.relation(from + 1) else { continue };
            let rest = &self.words[end..self.words.len().min(end + 4)];
            if rest
                .iter()
                .any(|w| w.is_sign(',') || ["join", "left", "right", "inner", "cross", "full"].iter().any(|j| w.is(j)))
            {
                continue;
            }
            for (at, name) in list {
                let by_itself = !self.sign(at + 1, '(')
                    && !self.sign(at + 1, '.')
                    && !(at > 0
                        && (self.sign(at - 1, '.') || self.sign(at - 1, ':') || self.name(at - 1) == Some("as")));
                // `a alias`: the second of two names.
                let alias = at > 0
                    && (self.name(at - 1).is_some_and(|b| !KNOWN.contains(&b) && b != "select")
                        || self.sign(at - 1, ')')
                        || self.words[at - 1] == Word::Value);
                let known = KNOWN.contains(&name)
                    || self.own.contains(name)
                    || relation.columns.iter().any(|c| c == name)
                    || self.aliases.contains_key(name);
                if by_itself && !alias && !known {
                    self.read.doubts.push(format!(
                        "it names {name}, which is neither a column of {} nor a variable",
                        relation.name
                    ));
                }
            }
        }
    }

    fn texts(&mut self) {
        let builds = (0..self.words.len())
            .any(|at| self.name(at) == Some("execute") && !matches!(self.name(at + 1), Some("function" | "procedure")));
        if builds {
            self.read.doubts.push("it builds statements as text".into());
        }
    }
}
