//! X1: functions of the CRM that cannot run any more, because a table or column that they name is gone. Bodies are texts that the
//! database reads only when they run. This reads names out of them without understanding them: what is certain fails, what is not is
//! unknown, and a function that is right is never called wrong.

mod own;
mod reader;

use super::{Check, say, unknown};
use crate::{
    audit::sql_words::words,
    db::check::{Function, Relation, Snapshot},
    error::Result,
    model::finding::{Evidence, Finding, Fix, Level, Status},
};

const X1: Check = ("X1", Level::Warn, "The database's functions name tables and columns that are there");
const SCOPE: &str =
    "names behind INSERT INTO, UPDATE .. SET, FROM and JOIN, columns with a table or alias before them, NEW and OLD";
const NOT: &str = "columns without a table before them, calls of other functions, statements built as text";

pub(super) async fn look(snapshot: &mut Snapshot<'_>, crm: bool) -> Result<Vec<Finding>> {
    if !crm {
        return Ok(vec![unknown(&X1, "schema public", "the CRM's tables are not here")]);
    }
    let (functions, relations) = match (snapshot.functions().await?, snapshot.relations().await?) {
        (Ok(functions), Ok(relations)) => (functions, relations),
        (Err(refusal), _) | (_, Err(refusal)) => return Ok(vec![unknown(&X1, "schema public", &refusal.reason)]),
    };
    let mut findings = Vec::new();
    let mut fine = 0;
    for function in &functions {
        match judge(function, &relations) {
            Some(finding) => findings.push(finding),
            None => fine += 1,
        }
    }
    if fine > 0 || functions.is_empty() {
        findings.push(Finding {
            scope_checked: SCOPE.into(),
            not_checked: Some(NOT.into()),
            ..say(&X1, Status::Pass, "schema public", format!("{fine} functions name only what is there."))
        });
    }
    Ok(findings)
}

fn judge(function: &Function, relations: &[Relation]) -> Option<Finding> {
    let words = words(&function.body);
    let read = reader::read(&words, function, relations);
    let sql = format!("select prosrc from pg_proc where oid = '{}'::regproc", function.object);
    let evidence = |sample: &[String]| Evidence {
        count: i64::try_from(sample.len()).ok().filter(|n| *n > 0),
        sample: sample.iter().take(5).cloned().collect(),
        sql: Some(sql.clone()),
        ..Evidence::default()
    };
    if !read.gone.is_empty() {
        return Some(Finding {
            evidence: evidence(&read.gone),
            scope_checked: SCOPE.into(),
            not_checked: Some(NOT.into()),
            expected: Some("names that are there".into()),
            found: Some(read.gone.join("; ")),
            fix: Some(Fix::words("Mend or drop it in the CRM's own migrations. Queue Desk does not call it.")),
            ..say(
                &X1,
                Status::Fail,
                &function.object,
                format!("It fails whenever it is called: {}.", read.gone.join("; ")),
            )
        });
    }
    let doubt = read.doubts.first()?;
    Some(Finding {
        evidence: evidence(&read.doubts),
        scope_checked: SCOPE.into(),
        not_checked: Some(format!("{doubt}: whether it runs can be told only by calling it")),
        fix: Some(Fix::words("Have somebody who knows it look, or check with the extension plpgsql_check.")),
        ..say(&X1, Status::Unknown, &function.object, "It could not be told.")
    })
}
