//! Names that a function brings itself, which are no table and no column.

use std::collections::HashSet;

use crate::{audit::sql_words::Word, db::check::Function};

/// Names that the function itself brings: arguments, variables, loops, common table expressions, temporary tables.
pub(super) fn own_names(words: &[Word], function: &Function) -> HashSet<String> {
    let mut own: HashSet<String> = function.arguments.iter().map(|a| a.to_lowercase()).collect();
    own.insert("found".into());
    let mut declaring = false;
    for (at, word) in words.iter().enumerate() {
        let name = |at: usize| words.get(at).and_then(Word::name);
        match word.name() {
            Some("declare") => declaring = true,
            Some("begin") => declaring = false,
            Some("for") => own.extend(name(at + 1).map(str::to_owned)),
            // `with x as (`, `, x as (`, `create temp table x`.
            Some("as") if words.get(at + 1).is_some_and(|w| w.is_sign('(')) || name(at + 1) == Some("materialized") => {
                own.extend(at.checked_sub(1).and_then(name).map(str::to_owned));
            }
            Some("table") if at > 0 && matches!(name(at - 1), Some("temp" | "temporary")) => {
                own.extend(
                    words[at..]
                        .iter()
                        .take(6)
                        .filter_map(Word::name)
                        .filter(|n| !matches!(*n, "table" | "if" | "not" | "exists"))
                        .take(1)
                        .map(str::to_owned),
                );
            }
            _ => {}
        }
        let starts = at > 0 && (words[at - 1].is_sign(';') || words[at - 1].is("declare"));
        if declaring && starts {
            own.extend(word.name().map(str::to_owned));
        }
    }
    own
}
