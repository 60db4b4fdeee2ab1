//! What the check believes that the steps make is what they make.

use std::collections::BTreeSet;

use ::queue_desk::audit::made;

use crate::support::{TestDatabase, run};

#[test]
fn what_the_steps_make_is_read_from_their_text() {
    run(async {
        let database = TestDatabase::new().await;
        let mut owner = database.owner().await;
        let things = made::all();
        // The statement of the check, without its functions' text.
        let there: Vec<(String, String, Vec<String>, Option<String>)> =
            sqlx::query_as(::queue_desk::sql!("check/made")).fetch_all(&mut owner).await.unwrap();
        let mut wrong = Vec::new();
        let made: BTreeSet<(String, String)> = things.keys().map(|(k, n)| ((*k).to_owned(), n.clone())).collect();
        let found: BTreeSet<(String, String)> = there.iter().map(|t| (t.0.clone(), t.1.clone())).collect();
        wrong.extend(made.difference(&found).map(|m| format!("{m:?} is read from a step and is not there")));
        for (kind, name) in found.difference(&made) {
            // Indexes of constraints have no statement of their own; the runner makes its own table.
            let implied = kind == "index" && ["_pkey", "_key"].iter().any(|end| name.ends_with(end));
            if !implied && name != "queue_desk.migration_step" {
                wrong.push(format!("{kind} {name} is there and no step's text says so"));
            }
        }
        for (kind, name, parts, _) in there.iter().filter(|t| t.0 == "table") {
            if let Some((_, thing)) = things.iter().find(|((k, n), _)| k == kind && n == name) {
                let parts: BTreeSet<String> = parts.iter().cloned().collect();
                if parts != thing.parts {
                    wrong.push(format!("{name}: {:?}", parts.symmetric_difference(&thing.parts).collect::<Vec<_>>()));
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(things.len() > 120, "{}", things.len());
    });
}
