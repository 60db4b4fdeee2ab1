//! Live CRM databases from tests/fixtures, what they hold, and somebody who goes on writing into them.

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, PgConnection};

use super::TestDatabase;

/// The tables that a migration may take rows from.
pub const TABLES: [&str; 10] = [
    "clients",
    "projects",
    "leads",
    "client_members",
    "project_members",
    "lead_members",
    "user_queue_settings",
    "queue_performance_metrics",
    "lead_processing_queue",
    "whatsapp_message_queue",
];

pub async fn load(database: &TestDatabase, files: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: String| fs::read_to_string(root.join(&path)).unwrap_or_else(|e| panic!("{path}: {e}"));
    let mut admin = database.session("supabase_admin").await;
    run(&mut admin, &read("tests/fixtures/supabase.sql".into())).await;
    let mut owner = database.owner().await;
    for file in ["0002_clients_projects", "0003_leads", "0004_queues", "0005_settings_metrics"] {
        run(&mut owner, &read(format!("migrations/crm/{file}.sql"))).await;
    }
    for file in files {
        run(&mut owner, &read(format!("tests/fixtures/{file}.sql"))).await;
    }
}

pub async fn run(conn: &mut PgConnection, sql: &str) {
    let done = sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(conn).await;
    done.unwrap_or_else(|e| panic!("{}: {e}", sql.chars().take(200).collect::<String>()));
}

pub async fn text(conn: &mut PgConnection, sql: &str) -> String {
    let found: Option<String> = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()))
        .fetch_one(conn)
        .await
        .unwrap_or_else(|e| panic!("{sql}: {e}"));
    found.unwrap_or_default()
}

pub async fn number(conn: &mut PgConnection, sql: &str) -> i64 {
    sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(conn).await.unwrap_or_else(|e| panic!("{sql}: {e}"))
}

/// Rows of each table, in the order of [`TABLES`].
pub async fn rows(conn: &mut PgConnection) -> Vec<i64> {
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(number(conn, &format!("select count(*) from public.{table}")).await);
    }
    counts
}

/// Rows of each table in quarantine that were moved there and not put back.
pub async fn moved(conn: &mut PgConnection) -> Vec<i64> {
    if number(conn, "select count(*) from pg_class where oid = to_regclass('queue_desk.quarantine')").await == 0 {
        return vec![0; TABLES.len()];
    }
    let mut counts = Vec::new();
    for table in TABLES {
        counts.push(number(conn, &format!("select count(*) from queue_desk.quarantine where src_table = '{table}' and action = 'moved' and restored_at is null")).await);
    }
    counts
}

/// No row was lost: what each table had is there or in quarantine.
pub async fn assert_conserved(conn: &mut PgConnection, before: &[i64], what: &str) {
    let (now, away) = (rows(conn).await, moved(conn).await);
    let sum: Vec<i64> = now.iter().zip(&away).map(|(n, a)| n + a).collect();
    assert_eq!(sum, before, "{what}: rows of {TABLES:?}: {now:?} there, {away:?} in quarantine");
}

/// References of the contract that point nowhere, are missing or not valid.
pub async fn broken_references(conn: &mut PgConnection) -> Vec<String> {
    let step = queue_desk::audit::steps::STEPS.iter().find(|s| s.id.ends_with("_keys")).expect("the step");
    let edges = queue_desk::db::keys::edges(conn, step).await.expect("edges");
    let mut wrong = Vec::new();
    for edge in edges {
        let orphans = queue_desk::db::keys::orphans(conn, &edge).await.expect("a count").orphans;
        if edge.valid != Some(true) || !edge.indexed || orphans > 0 {
            wrong
                .push(format!("{}.{}: {:?} {:?}, {orphans} point nowhere", edge.child, edge.col, edge.key, edge.valid));
        }
    }
    wrong
}

/// The catalogue of these schemas as text: what pg_dump would say, and rights in one normal form.
pub async fn catalogue(conn: &mut PgConnection, schemas: &str) -> String {
    text(conn, &DUMP.replace("{schemas}", schemas)).await
}

const DUMP: &str = r#"
with n as (select oid, nspname, nspowner, nspacl from pg_namespace where nspname in ({schemas})),
rel as (select c.*, n.nspname from pg_class c join n on n.oid = c.relnamespace),
line as (
  select format('schema %s owner %s', nspname, nspowner::regrole) as l from n
  union all select format('schema %s grant %s %s', n.nspname, a.grantee::regrole, a.privilege_type) from n, aclexplode(coalesce(nspacl, acldefault('n', nspowner))) a
  union all select format('%s %s.%s owner %s rls %s %s options %s', relkind, nspname, relname, relowner::regrole, relrowsecurity, relforcerowsecurity, reloptions) from rel
  union all select format('grant %s.%s %s %s', r.nspname, r.relname, a.grantee::regrole, a.privilege_type) from rel r, aclexplode(coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner))) a where relkind in ('r', 'v', 'S', 'p')
  union all select format('column %s.%s.%s %s notnull %s identity %s generated %s default %s acl %s', r.nspname, r.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, pg_get_expr(d.adbin, d.adrelid), (select string_agg(x.grantee::regrole || x.privilege_type, ' ' order by 1) from aclexplode(a.attacl) x))
    from rel r join pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum where r.relkind in ('r', 'v', 'p')
  union all select format('view %s.%s %s', nspname, relname, pg_get_viewdef(oid)) from rel where relkind = 'v'
  union all select format('constraint %s.%s %s %s valid %s comment %s', r.nspname, r.relname, k.conname, pg_get_constraintdef(k.oid), k.convalidated, obj_description(k.oid, 'pg_constraint')) from rel r join pg_constraint k on k.conrelid = r.oid
  union all select format('index %s valid %s', pg_get_indexdef(i.indexrelid), i.indisvalid) from rel r join pg_index i on i.indrelid = r.oid where r.relkind = 'r'
  union all select format('trigger %s enabled %s', pg_get_triggerdef(t.oid), t.tgenabled) from rel r join pg_trigger t on t.tgrelid = r.oid and not t.tgisinternal
  union all select format('policy %s.%s %s %s %s to %s using %s check %s', r.nspname, r.relname, p.polname, p.polpermissive, p.polcmd, (select string_agg(o::regrole::text, ',' order by 1) from unnest(p.polroles) o), pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) from rel r join pg_policy p on p.polrelid = r.oid
  union all select format('function %s %s', pg_get_functiondef(p.oid), (select string_agg(a.grantee::regrole || a.privilege_type, ' ' order by 1) from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a)) from pg_proc p join n on n.oid = p.pronamespace
  union all select format('type %s.%s %s', n.nspname, t.typname, (select string_agg(e.enumlabel, ',' order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)) from pg_type t join n on n.oid = t.typnamespace)
select string_agg(l, E'\n' order by l collate "C") from line"#;

/// The web application: signs people in, queues messages, changes leads, without a pause, until dropped or stopped.
pub struct Web {
    stop: Arc<AtomicBool>,
    working: tokio::task::JoinHandle<(Duration, u64, u64)>,
}

impl Web {
    pub async fn start(database: &TestDatabase) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (flag, mut conn) = (stop.clone(), database.session("supabase_admin").await);
        let working = tokio::spawn(async move {
            // What the web does in a few ms each; the slowest of all is what a person at the web saw.
            let acts = [
                "update auth.users set updated_at = now() where id = (select id from auth.users order by id limit 1)",
                "update public.leads set last_interaction = now() where id = (select id from public.leads order by id limit 1)",
                "insert into public.whatsapp_message_queue (id, lead_id, user_id, queue_position, message_content, recipient_phone, queue_status)
                 select '00000000-0000-4000-8000-00000000aaaa', (select id from public.leads order by id limit 1), (select id from auth.users order by id limit 1), 1, 'web', '+972540000000', 'sent'",
                "delete from public.whatsapp_message_queue where id = '00000000-0000-4000-8000-00000000aaaa'",
            ];
            let (mut longest, mut done, mut failed) = (Duration::ZERO, 0, 0);
            while !flag.load(Ordering::Relaxed) {
                for act in acts {
                    let since = Instant::now();
                    match sqlx::query(act).execute(&mut conn).await {
                        Ok(_) => done += 1,
                        Err(_) => failed += 1,
                    }
                    longest = longest.max(since.elapsed());
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            let _ = sqlx::query(acts[3]).execute(&mut conn).await;
            (longest, done, failed)
        });
        Self { stop, working }
    }

    /// Its longest wait, and how many of its writes were done and failed.
    pub async fn stop(self) -> (Duration, u64, u64) {
        self.stop.store(true, Ordering::Relaxed);
        self.working.await.expect("the web ends")
    }
}
