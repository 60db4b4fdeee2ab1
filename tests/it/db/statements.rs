//! Every statement in `src-tauri/sql`: it prepares on the migrated database as who runs it, says what it is for and what it locks,
//! and is named exactly once in the sources, which hold no other SQL.

use std::{collections::BTreeMap, fs, path::Path};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr};

use crate::{
    layers,
    support::{Office, TestDatabase, database::value, run, sending},
};

/// Every file below src-tauri/sql by `noun/verb`.
fn statements() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src-tauri/sql");
    let mut found = BTreeMap::new();
    for noun in fs::read_dir(&root).expect("the statements").flatten() {
        for verb in fs::read_dir(noun.path()).expect("a noun").flatten() {
            let name = format!("{}/{}", noun.file_name().to_string_lossy(), verb.file_name().to_string_lossy());
            found.insert(
                name.trim_end_matches(".sql").to_owned(),
                fs::read_to_string(verb.path()).expect("a statement"),
            );
        }
    }
    assert!(found.len() > 60, "the statements were found");
    found
}

/// Statements that the protocol cannot prepare: several in one file, or utility statements; they are run whole.
const SCRIPTS: [&str; 12] = [
    "check/hold",
    "migrate/prepare_state",
    "migrate/set_timeouts",
    "session/set_up_reader",
    "session/set_up_writer",
    "stage/set_up",
    "check/begin",
    "migrate/take_your_time",
    "migrate/set_key_timeouts",
    "migrate/whole_truth",
    "migrate/drop_schema",
    "migrate/drop_group",
];

#[test]
fn every_statement_prepares_as_the_login_that_runs_it() {
    run(async {
        let database = TestDatabase::new().await;
        let mut desk = database.session("desk").await;
        let mut owner = database.owner().await;
        let mut prepared = 0;
        let mut wrong = Vec::new();
        for (name, sql) in statements() {
            let conn = match name.split('/').next().unwrap_or_default() {
                // The superuser's, before there is a database; tests/it/embedded.rs runs them.
                "bootstrap" => continue,
                // Needs the savepoint of check/begin; tests/it/audit runs it.
                _ if name == "check/all_rows" => continue,
                "sample" | "migrate" | "check" => &mut owner,
                _ => &mut desk,
            };
            if SCRIPTS.contains(&name.as_str()) {
                let mut tx = conn.begin().await.unwrap();
                if let Err(e) = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut *tx).await {
                    wrong.push(format!("{name}: {e}"));
                }
                tx.rollback().await.unwrap();
                continue;
            }
            match conn.prepare(AssertSqlSafe(sql).into_sql_str()).await {
                Ok(_) => prepared += 1,
                Err(e) => wrong.push(format!("{name}: {e}")),
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
        assert!(prepared > 55, "{prepared} were prepared");
    });
}

#[test]
fn every_statement_begins_with_its_purpose_and_its_locks() {
    let mut wrong = Vec::new();
    for (name, sql) in statements() {
        let comment: String =
            sql.lines().take_while(|l| l.starts_with("--")).collect::<Vec<_>>().join(" ").to_lowercase();
        if comment.is_empty() {
            wrong.push(format!("{name} says nothing"));
        } else if !name.starts_with("bootstrap/") && !["lock", "reads"].iter().any(|word| comment.contains(word)) {
            wrong.push(format!("{name} does not say what it locks: {comment}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_statement_is_named_once_and_no_source_names_one_that_is_not_there() {
    let sources = layers::sources();
    let all = sources.values().fold(String::new(), |all, code| all + code);
    let mut named: BTreeMap<String, usize> = BTreeMap::new();
    for (start, end) in [("sql!(\"", "\""), ("include_str!(\"../sql/", ".sql\"")] {
        for (at, _) in all.match_indices(start) {
            let rest = &all[at + start.len()..];
            *named.entry(rest[..rest.find(end).expect("an end")].to_owned()).or_default() += 1;
        }
    }
    let files = statements();
    let forgotten: Vec<_> = files.keys().filter(|name| !named.contains_key(*name)).collect();
    assert!(forgotten.is_empty(), "nobody runs {forgotten:?}");
    let missing: Vec<_> = named.keys().filter(|name| !files.contains_key(*name)).collect();
    assert!(missing.is_empty(), "there is no {missing:?}");
    // Migration and desk both ask what a database is, each over its own kind of connection; a finding shows the SQL that was run.
    let twice: Vec<_> = named
        .iter()
        .filter(|(name, count)| **count != 1 && *name != "session/state" && !name.starts_with("check/"))
        .collect();
    assert!(twice.is_empty(), "named more than once: {twice:?}");
}

#[test]
fn sql_is_in_its_files_and_nowhere_else() {
    let mut wrong = Vec::new();
    for (path, code) in layers::sources() {
        // Findings show the SQL that a person may run.
        let shows = path.starts_with("audit/check/");
        for (n, line) in code.lines().enumerate() {
            let quoted: String = line.split('"').skip(1).step_by(2).collect::<Vec<_>>().join(" ").to_lowercase();
            // The name of a lock is not SQL.
            let quoted = quoted.replace("share update exclusive", "");
            if !shows
                && ["select ", "insert into ", "update ", "delete from ", "create table", "alter "]
                    .iter()
                    .any(|word| quoted.contains(word))
            {
                wrong.push(format!("{path}:{}: {}", n + 1, line.trim()));
            }
        }
        // The check counts rows of tables it found in the catalogue: the server quotes their names (format, %I).
        // Opening puts two files into one question.
        assert!(
            ["db/check.rs", "db/keys.rs", "db/open.rs", "db/removal.rs"].contains(&path.as_str())
                || !code.contains("AssertSqlSafe"),
            "{path} builds SQL from text"
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// What EXPLAIN says, as one text.
async fn explain(conn: &mut PgConnection, sql: &str) -> String {
    let lines: Vec<String> = sqlx::query_scalar(AssertSqlSafe(format!("explain {sql}")))
        .fetch_all(conn)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    lines.join("\n")
}

/// Fifty thousand messages of three operators: most sent long ago, some thousands waiting, a few due.
async fn large(office: &mut Office) {
    let (noa, amir, dana, client) = (office.noa, office.amir, office.dana, office.client);
    sqlx::query("insert into leads (client_id, first_name, phone, status) select $1, 'Lead ' || n, '+97254' || (1000000 + n), 'new' from generate_series(1, 50000) n")
        .bind(client).execute(&mut office.owner).await.unwrap();
    sqlx::query("with m as (insert into whatsapp_message_queue (lead_id, user_id, client_id, queue_position, message_content, recipient_phone, queue_status, scheduled_for, sent_at)
           select l.id, (array[$1, $2, $3])[1 + n % 3], l.client_id, n, 'Hello', l.phone, case when n % 10 = 0 then 'queued' else 'sent' end,
             case when n % 100 = 0 then queue_desk.now() - interval '1 minute' when n % 10 = 0 then queue_desk.now() + n * interval '1 minute' else queue_desk.now() - n * interval '1 hour' end,
             case when n % 10 <> 0 then queue_desk.now() - n * interval '1 hour' end
           from (select *, row_number() over ()::integer n from leads) l returning id)
         insert into queue_desk.adopted (message_id) select id from m")
        .bind(noa).bind(amir).bind(dana).execute(&mut office.owner).await.unwrap();
    sqlx::raw_sql("analyze").execute(&mut office.owner).await.unwrap();
}

#[test]
fn the_claim_scans_its_index_and_not_the_queue() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        large(&mut office).await;
        // The inner query of queue_desk.claim, as it stands there.
        let function = fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/queue_desk/functions/automation.sql"),
        )
        .unwrap();
        let from = function.find("select m.id from (\n      select c.id, c.priority").expect("the claim's inner query");
        let inner = &function[from..from + function[from..].find(") p;").expect("its end")];
        let query = inner
            .replace("v_open", &format!("'{{{},{},{}}}'::uuid[]", office.noa, office.amir, office.dana))
            .replace("v_now", "'2026-12-01T00:00:00Z'::timestamptz")
            .replace("p_batch", "50");
        let plan = explain(&mut office.owner, &query).await;
        for table in ["whatsapp_message_queue", "adopted", "leads"] {
            assert!(!plan.contains(&format!("Seq Scan on {table}")), "{table} is read from end to end:\n{plan}");
        }
    });
}

#[test]
fn a_page_of_a_project_members_messages_walks_the_index_and_hashes_their_leads_once() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        large(&mut office).await;
        let (client, dana) = (office.client, office.dana);
        office
            .does(format!(
                "with p as (insert into projects (name, client_id) values ('Joined', '{client}') returning id),
                   m as (insert into project_members (project_id, user_id) select id, '{dana}' from p)
                 update leads l set current_project_id = p.id from p where right(l.phone, 1) = '7'; analyze"
            ))
            .await;
        let mut desk = database.session("desk_3").await;
        let set_up = ["session/set_up_reader", "message/page"].map(|name| statements()[name].clone());
        sqlx::raw_sql(AssertSqlSafe(set_up[0].clone())).execute(&mut desk).await.unwrap();
        let prepare = format!("prepare page (text, uuid, text, integer, text, uuid, integer, text) as {}", set_up[1]);
        sqlx::raw_sql(AssertSqlSafe(prepare)).execute(&mut desk).await.unwrap();
        let plan = explain(&mut desk, "execute page (null, null, null, null, null, null, 100, null)").await;
        for table in ["whatsapp_message_queue", "leads"] {
            assert!(!plan.contains(&format!("Seq Scan on {table}")), "{table} is read from end to end:\n{plan}");
        }
        assert!(plan.contains("hashed SubPlan"), "{plan}");
        let desk = database.desk("desk_3").await;
        let page = queue_desk::action::grids::messages(&desk, &Default::default(), None, 100).await.unwrap();
        assert_eq!(page.rows.len(), 100);
    });
}

#[test]
fn the_figures_of_a_week_scan_their_indexes_and_not_the_deliveries() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        large(&mut office).await;
        office.does("insert into queue_desk.delivery (message_id, attempt, lead_id, user_id, client_id, sender, claimed_at, dispatched_at, finished_at, outcome)
            select m.id, 1, m.lead_id, m.user_id, m.client_id, 'fake', m.sent_at, m.sent_at, m.sent_at, 'sent' from whatsapp_message_queue m where m.queue_status = 'sent'").await;
        office.does("analyze queue_desk.delivery").await;
        // The statement of queue_desk.metrics, as it stands there.
        let function = fs::read_to_string(
            Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations/queue_desk/functions/metrics.sql"),
        )
        .unwrap();
        let from = function.find("  with bar as materialized").expect("the statement of metrics");
        let whole = &function[from..from + function[from..].find("  into v_result;").expect("its end")];
        let mut query = whole.to_owned();
        for (name, value) in [
            ("v_past_start", "(queue_desk.now() - interval '14 days')"),
            ("v_past_end", "(queue_desk.now() - interval '7 days')"),
            ("v_past", "(current_date - 14)"),
            ("v_start", "(queue_desk.now() - interval '7 days')"),
            ("v_end", "queue_desk.now()"),
            ("v_horizon", "(queue_desk.now() + interval '2 days')"),
            ("v_clients", "queue_desk.clients_of(null)"),
            ("v_projects", "'{}'::uuid[]"),
            ("v_leads", "'{}'::uuid[]"),
            ("v_pool", "true"),
            ("v_sample", "true"),
            ("v_shift", "interval '0'"),
            ("v_days", "7"),
            ("v_today", "current_date"),
            ("v_from", "(current_date - 6)"),
            ("v_to", "current_date"),
            ("v_now", "queue_desk.now()"),
            ("p_operator", "null::uuid"),
            ("s.zone", "'Asia/Jerusalem'"),
        ] {
            query = query.replace(name, value);
        }
        let query = query.replace("v_me", &format!("'{}'::uuid", office.noa));
        let plan = explain(&mut office.owner, &query).await;
        for table in ["whatsapp_message_queue", "delivery", "leads"] {
            assert!(!plan.contains(&format!("Seq Scan on {table}")), "{table} is read from end to end:\n{plan}");
        }
    });
}

#[test]
fn a_claim_on_a_large_queue_takes_a_moment() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        large(&mut office).await;
        let hand = sending::Hand::of(&database, "runner").await;
        let since = std::time::Instant::now();
        let claimed = hand.claim().await.len();
        let claim = since.elapsed();
        let since = std::time::Instant::now();
        let desk = database.desk("desk").await;
        queue_desk::action::grids::messages(&desk, &Default::default(), None, 100).await.unwrap();
        let page = since.elapsed();
        let since = std::time::Instant::now();
        queue_desk::action::grids::counts(&desk).await.unwrap();
        eprintln!("50,000 messages: claim {claimed} in {claim:?}, page {page:?}, counts {:?}", since.elapsed());
        assert_eq!(claimed, 100);
        assert!(claim.as_secs() < 3, "{claim:?}");
        let left: i64 =
            value(&mut office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'sending'")
                .await;
        assert_eq!(left, 100);
    });
}
