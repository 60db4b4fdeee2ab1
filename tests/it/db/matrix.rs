//! Who reaches which rows of which table by which verb, and what each function answers whom: one table, held against matrix/expected.md.
//! Every policy is shown to matter: lost or weakened, the table says something else. What was found is in target/matrix.md.

mod cells;
mod tries;

use std::{fmt::Write, fs, path::Path};

use sqlx::PgConnection;
use uuid::Uuid;

use self::{
    cells::{Table, answer},
    tries::{ROLES, Tries, enter, id, roles},
};
use crate::support::{TestDatabase, database::value, run};

const WORLD: &str = include_str!("matrix/world.sql");
const CALLS: &str = include_str!("matrix/calls.txt");
const EXPECTED: &str = include_str!("matrix/expected.md");

/// What stands at the left, and a cell for each role.
type Line = (String, Vec<String>);
/// Each role tries every verb on these tables.
async fn of_tables(database: &TestDatabase, tables: &[&Table], mut borrowed: Option<&mut PgConnection>) -> Vec<Line> {
    let verbs = ["select", "insert", "update", "delete"];
    let mut lines: Vec<Line> =
        tables.iter().flat_map(|t| verbs.map(|verb| (format!("{} | {verb}", t.name), Vec::new()))).collect();
    for role in roles() {
        let mut own = None;
        let borrows = borrowed.is_some();
        let mut tries = match borrowed.as_deref_mut() {
            Some(conn) => Tries(conn),
            None => Tries(own.insert(database.session(role.login).await)),
        };
        enter(&mut tries, &role, borrows).await;
        for (n, table) in tables.iter().enumerate() {
            for (verb, cell) in table.cells(&mut tries).await.into_iter().enumerate() {
                lines[n * 4 + verb].1.push(cell);
            }
        }
        if borrows {
            tries.says("rollback to entered").await;
        }
    }
    lines
}

/// Each role calls every function that a desk may call, and some that nobody may.
async fn of_calls(database: &TestDatabase) -> Vec<Line> {
    let call = |line: &'static str| {
        let (label, sql) = line.split_once(" | ").expect("a call");
        let mut sql = sql.to_owned();
        for letter in ('a'..='z').chain('A'..='Z') {
            sql = sql.replace(&format!("{{{letter}}}"), &id(letter));
        }
        (label.trim(), format!("select ({sql})::text"))
    };
    let calls: Vec<_> = CALLS.lines().map(call).collect();
    let mut lines: Vec<Line> = calls.iter().map(|(label, _)| ((*label).to_owned(), Vec::new())).collect();
    for role in roles() {
        let mut conn = database.session(role.login).await;
        let mut tries = Tries(&mut conn);
        enter(&mut tries, &role, false).await;
        for ((_, sql), line) in calls.iter().zip(&mut lines) {
            line.1.push(answer(tries.asks(sql).await));
        }
    }
    lines
}

/// Verbs of a table that end alike for everybody share a line, and so do neighbours that end alike.
fn folded(lines: Vec<Line>) -> Vec<Line> {
    let mut folded: Vec<(String, Vec<Line>)> = Vec::new();
    for table in lines.chunks(4) {
        let cells: Vec<_> = table.iter().map(|line| line.1.clone()).collect();
        let verb = |n: usize, verb: &str| (verb.to_owned(), cells[n].clone());
        let verbs = match cells[1] == cells[2] && cells[2] == cells[3] {
            true if cells[0] == cells[1] => vec![verb(0, "every verb")],
            true => vec![verb(0, "select"), verb(1, "every other verb")],
            false => vec![verb(0, "select"), verb(1, "insert"), verb(2, "update"), verb(3, "delete")],
        };
        let name = table[0].0.split(' ').next().expect("a name");
        match folded.last_mut() {
            Some((names, before)) if *before == verbs => {
                *names = format!("{names}, {}", name.rsplit('.').next().expect("a table"))
            }
            _ => folded.push((name.to_owned(), verbs)),
        }
    }
    folded
        .into_iter()
        .flat_map(|(names, verbs)| verbs.into_iter().map(move |(verb, cells)| (format!("{names} | {verb}"), cells)))
        .collect()
}

fn markdown(corner: &str, lines: &[Line]) -> String {
    let names: Vec<_> = roles().iter().map(|role| role.name).collect();
    let mut out =
        format!("| {corner} | {} |\n|{}\n", names.join(" | "), "---|".repeat(names.len() + corner.split('|').count()));
    for (what, cells) in lines {
        let _ = writeln!(out, "| {what} | {} |", cells.join(" | "));
    }
    out
}

/// Lines of one text that the other lacks, in their order.
fn differences(expected: &str, found: &str) -> Vec<String> {
    let less = |a: &str, b: &str, sign: char| -> Vec<String> {
        a.lines().filter(|line| !b.lines().any(|other| other == *line)).map(|line| format!("{sign} {line}")).collect()
    };
    let mut all = less(expected, found, '-');
    all.extend(less(found, expected, '+'));
    all
}

async fn world() -> (TestDatabase, PgConnection, Vec<Table>) {
    let database = TestDatabase::new().await;
    let mut superuser = database.session("supabase_admin").await;
    sqlx::raw_sql(WORLD).execute(&mut superuser).await.expect("the world");
    let tables = Table::all(&mut superuser).await;
    (database, superuser, tables)
}

#[test]
fn who_reaches_which_rows_and_functions_is_as_it_is_written_down() {
    run(async {
        let (database, mut superuser, tables) = world().await;
        let tables: Vec<_> = tables.iter().collect();
        let reached = folded(of_tables(&database, &tables, None).await);
        let answered = of_calls(&database).await;
        let roles: Vec<_> =
            ROLES.lines().map(|line| format!("- `{}`: {}", line[..12].trim(), line[50..].trim())).collect();
        let legend: Vec<_> = WORLD.lines().take_while(|l| l.starts_with("--")).map(|l| l[2..].trim()).collect();
        let found = format!(
            "# Who reaches what\n\n{}\n\n{}\n\n```\n{}\n```\n\n`-`: refused. `none`: allowed, and no row is reached. `all`: every row of the table.\n\n{}\n{}",
            "Held against the database by tests/it/db/matrix.rs. Change it by hand.",
            roles.join("\n"),
            legend.join("\n"),
            markdown("table | verb", &reached),
            markdown("call", &answered)
        );
        let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/matrix.md");
        fs::write(&kept, &found).expect("target/matrix.md");
        let differences = differences(EXPECTED, &found);
        assert!(differences.is_empty(), "what was found is in {}:\n{}", kept.display(), differences.join("\n"));

        let listed = |name: &&String| !CALLS.contains(&format!("queue_desk.{name}("));
        let granted: Vec<String> = sqlx::query_scalar(
            "select distinct p.proname::text from pg_proc p join pg_namespace n on n.oid = p.pronamespace
             where n.nspname = 'queue_desk' and has_function_privilege('queue_desk_operator', p.oid, 'execute')",
        )
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        assert_eq!(granted.iter().filter(listed).collect::<Vec<_>>(), [""; 0], "a desk may call it, and nobody tried");
        let foreign: Vec<String> = sqlx::query_scalar(
            "select r || ' may call ' || p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace,
               unnest('{anon,authenticated,service_role,stranger}'::name[]) r
             where n.nspname = 'queue_desk' and has_function_privilege(r, p.oid, 'execute')
             union all
             select r || ' may ' || v || ' ' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace,
               unnest('{anon,authenticated,stranger,queue_desk_operator}'::name[]) r, unnest('{truncate,references,trigger}'::text[]) v
             where n.nspname in ('auth', 'public', 'queue_desk') and c.relkind in ('r', 'v', 'm') and has_table_privilege(r, c.oid, v)",
        )
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        assert_eq!(foreign, [""; 0]);
    });
}

#[test]
fn what_row_security_shows_of_messages_and_jobs_is_what_an_act_may_touch() {
    run(async {
        let (database, mut superuser, _) = world().await;
        // A lead that is gone, of nobody's client and of Dana's, and one that moved to Amir's client.
        let strays = "set session_replication_role = replica;
            insert into public.whatsapp_message_queue (lead_id, client_id, queue_position, message_content, recipient_phone)
              select gen_random_uuid(), c, 1, '', '' from unnest(array[null, '00000000-0000-4000-8000-000000000078'::uuid]) c;
            insert into public.whatsapp_message_queue (lead_id, client_id, queue_position, message_content, recipient_phone)
              select l.id, c, 1, '', '' from public.leads l cross join unnest(array[null, '00000000-0000-4000-8000-00000000006f'::uuid, '00000000-0000-4000-8000-000000000078'::uuid]) c;
            insert into public.lead_processing_queue (id, lead_id, user_id, client_id, queue_position)
              select m.id, m.lead_id, m.user_id, m.client_id, 1 from public.whatsapp_message_queue m on conflict do nothing;
            set session_replication_role = origin";
        sqlx::raw_sql(strays).execute(&mut superuser).await.expect("the strays");
        for pool in [true, false] {
            sqlx::query("update queue_desk.instance set settings = settings || jsonb_build_object('shared_pool', $1)")
                .bind(pool)
                .execute(&mut superuser)
                .await
                .unwrap();
            for (login, letter) in [("desk", 'N'), ("desk_2", 'A'), ("desk_3", 'D')] {
                let mut desk = database.session(login).await;
                let shown: Vec<Uuid> =
                    value(&mut desk, "select array_agg(id order by id) from public.whatsapp_message_queue").await;
                let jobs: Vec<Uuid> =
                    value(&mut desk, "select array_agg(id order by id) from public.lead_processing_queue").await;
                let touch = "select array_agg(x order by x) from unnest(queue_desk.may_touch((
                    select array_agg(id) from public.whatsapp_message_queue), $1::text::uuid)) x";
                let user = id(letter).replace(['\''], "").replace("::uuid", "");
                let touched: Vec<Uuid> = sqlx::query_scalar(touch).bind(user).fetch_one(&mut superuser).await.unwrap();
                assert_eq!(shown, touched, "messages of {login}, pool {pool}");
                assert_eq!(jobs, touched, "jobs of {login}, pool {pool}");
                assert!(shown.len() > 10, "{login} sees {} messages", shown.len());
            }
        }
    });
}

#[test]
fn the_matrix_notices_the_loss_of_every_single_policy() {
    run(async {
        let (database, mut superuser, tables) = world().await;
        let policies: Vec<(String, String, bool, bool)> = sqlx::query_as(
            "select format('%I.%I', p.schemaname, p.tablename), format('%I on %I.%I', p.policyname, p.schemaname, p.tablename),
               coalesce(p.qual <> 'true', false), coalesce(p.with_check <> 'true', false)
             from pg_policies p where p.schemaname in ('public', 'queue_desk') order by 2",
        )
        .fetch_all(&mut superuser)
        .await
        .unwrap();
        assert!(policies.len() > 40, "{} policies", policies.len());
        let (mut unnoticed, mut breaks) = (Vec::new(), 0);
        for table in &tables {
            let mine: Vec<_> = policies.iter().filter(|(name, ..)| *name == table.name).collect();
            if mine.is_empty() {
                continue;
            }
            sqlx::raw_sql("begin").execute(&mut superuser).await.unwrap();
            let before = of_tables(&database, &[table], Some(&mut superuser)).await;
            let mut ways: Vec<String> = mine.iter().map(|(_, policy, ..)| format!("drop policy {policy}")).collect();
            for (_, policy, using, check) in &mine {
                if *using {
                    ways.push(format!("alter policy {policy} using (true)"));
                }
                if *check {
                    ways.push(format!("alter policy {policy} with check (true)"));
                }
            }
            for way in ways {
                let mut tries = Tries(&mut superuser);
                tries.says("savepoint whole").await;
                tries.says(&way).await;
                if of_tables(&database, &[table], Some(&mut superuser)).await == before {
                    unnoticed.push(way);
                }
                Tries(&mut superuser).says("rollback to whole").await;
                breaks += 1;
            }
            sqlx::raw_sql("rollback").execute(&mut superuser).await.unwrap();
        }
        assert_eq!(unnoticed, [""; 0], "dead, or the matrix has a hole");
        assert!(breaks > 70, "{breaks} ways to break them");
    });
}
