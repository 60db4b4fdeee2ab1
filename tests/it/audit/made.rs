//! What the check believes that the steps make is what they make.

use std::collections::BTreeSet;

use ::queue_desk::audit::{contract, made};

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
        // 0017_keys makes an index for each reference that has none; which, depends on the database, and check I1 looks after them.
        let of_keys: BTreeSet<String> = contract::JSON["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| {
                let word = |name: &str| key[name].as_str().unwrap().trim_start_matches("public.").to_owned();
                format!("public.queue_desk_{}_{}", word("child"), word("col"))
            })
            .collect();
        let made: BTreeSet<(String, String)> = things.keys().map(|(k, n)| ((*k).to_owned(), n.clone())).collect();
        let found: BTreeSet<(String, String)> = there.iter().map(|t| (t.0.clone(), t.1.clone())).collect();
        wrong.extend(made.difference(&found).map(|m| format!("{m:?} is read from a step and is not there")));
        for (kind, name) in found.difference(&made) {
            // Indexes of constraints have no statement of their own; the runner makes its own table.
            let implied = kind == "index" && ["_pkey", "_key"].iter().any(|end| name.ends_with(end));
            let of_a_key = kind == "index" && of_keys.contains(name);
            if !implied && !of_a_key && name != "queue_desk.migration_step" {
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
