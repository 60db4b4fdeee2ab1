//! Logins for operators: an admin whose own login may make roles makes and closes them, and the server never sees a password.

use std::sync::{Arc, Mutex};

use queue_desk::{
    error::Result,
    profile::Profiles,
    secrets::{Secret, scram::Verifier},
    shell::{Shell, clipboard::Clipboard},
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use crate::support::{
    Folder, Office, TestDatabase,
    contract::{everything, written},
    run,
    window::{Answer, Window},
};

/// A clipboard that remembers.
#[derive(Default, Clone)]
struct Board(Arc<Mutex<Vec<String>>>);

impl Board {
    fn last(&self) -> String {
        self.0.lock().unwrap().last().cloned().expect("a password")
    }
}

impl Clipboard for Board {
    fn put(&self, secret: &Secret) -> Result<()> {
        self.0.lock().unwrap().push(secret.reveal().to_owned());
        Ok(())
    }

    fn text(&self) -> Option<Secret> {
        self.0.lock().unwrap().last().map(Secret::new)
    }

    fn clear(&self) {
        self.0.lock().unwrap().push("forgotten".to_owned());
    }
}

/// Roles belong to the whole server, and the tests share one.
fn new_name() -> String {
    format!("desk_{}", &Uuid::new_v4().simple().to_string()[..12])
}

async fn superuser(database: &TestDatabase, sql: String) {
    let mut conn = database.session("supabase_admin").await;
    sqlx::raw_sql(AssertSqlSafe(sql.clone())).execute(&mut conn).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
}

/// A window of an admin whose login may make roles and end sessions, and a user of the CRM who is no operator yet.
struct Boss {
    database: TestDatabase,
    office: Office,
    window: Window,
    board: Board,
    user: Uuid,
    folder: Folder,
}

impl Boss {
    async fn new() -> Self {
        let (database, mut office) = Office::open().await;
        let (boss, user) = (new_name(), Uuid::new_v4());
        let rights = "grant queue_desk_operator to {} with admin option; grant pg_signal_backend to {};";
        superuser(&database, format!("create role {boss} login createrole; {}", rights.replace("{}", &boss))).await;
        office
            .does(format!(
                "insert into queue_desk.login (db_role, user_id, admin) values ('{boss}', '{}', true)",
                office.noa
            ))
            .await;
        office.does(format!("insert into auth.users (id) values ('{user}')")).await;
        let (board, folder) = (Board::default(), Folder::new());
        let window = window(&database, &boss, &board, &folder).await;
        Self { database, office, window, board, user, folder }
    }

    fn new_login(&self, login: &str, password: Value) -> Value {
        json!({ "userId": self.user, "name": "Gil", "login": login, "admin": false, "runner": false, "password": password })
    }
}

async fn window(database: &TestDatabase, login: &str, board: &Board, folder: &Folder) -> Window {
    let dialog = Box::new(Answer(Some(folder.path().join("login.sql"))));
    Window::of(
        Shell::with_desk(database.desk(login).await, Profiles::nowhere(), dialog)
            .with_clipboard(Box::new(board.clone())),
    )
}

async fn role(conn: &mut PgConnection, login: &str) -> Option<(bool, i32, bool)> {
    sqlx::query_as("select rolcanlogin, rolconnlimit, pg_has_role(rolname, 'queue_desk_operator', 'MEMBER') from pg_roles where rolname = $1")
        .bind(login)
        .fetch_optional(conn)
        .await
        .unwrap()
}

#[test]
fn a_login_is_made_and_mapped_and_its_password_is_on_the_clipboard_and_nowhere_else() {
    run(async {
        let mut boss = Boss::new().await;
        let login = new_name();
        let shown = boss.window.call("login_script", json!({ "login": login }));
        assert_eq!(shown["obstacle"], json!(null));
        let statement = shown["statements"][0].as_str().unwrap();
        assert!(
            statement.starts_with(&format!("create role {login} with login password 'SCRAM-SHA-256$..'")),
            "{statement}"
        );
        assert_eq!(role(&mut boss.office.owner, &login).await, None, "looking makes nothing");

        let receipt = boss.window.call("login_create", boss.new_login(&login, json!(null)));
        assert_eq!((&receipt["changed"], &receipt["detail"]["login_made"]), (&json!(1), &json!(true)), "{receipt}");
        boss.office.holds_receipt(&receipt).await;
        assert_eq!(role(&mut boss.office.owner, &login).await, Some((true, 8, true)));
        let session = Window::open(boss.database.desk(&login).await, None).ask("session");
        assert_eq!(session["operator"]["name"], "Gil");

        let password = boss.board.last();
        assert_eq!(password.len(), 24);
        assert!(!receipt.to_string().contains(&password));
        let mut admin = boss.database.session("supabase_admin").await;
        let kept: String = sqlx::query_scalar("select rolpassword from pg_authid where rolname = $1")
            .bind(&login)
            .fetch_one(&mut admin)
            .await
            .unwrap();
        assert!(kept.starts_with("SCRAM-SHA-256$4096:") && !kept.contains(&password));
        let seen: i64 = sqlx::query_scalar(
            "select count(*) from pg_stat_activity where position($1 in query) > 0 and pid <> pg_backend_pid()",
        )
        .bind(&password)
        .fetch_one(&mut admin)
        .await
        .unwrap();
        assert_eq!(seen, 0);
    });
}

#[test]
fn the_verifier_is_the_one_that_postgres_itself_would_keep() {
    run(async {
        let database = TestDatabase::new().await;
        let mut admin = database.session("supabase_admin").await;
        for password in ["correct horse battery", "Grüße-aus-Köln-42", "fi\u{FB01}\u{00A0}and more", "שלום-לכולם-כאן"]
        {
            let login = new_name();
            superuser(
                &database,
                format!("set password_encryption = 'scram-sha-256'; create role {login} password '{password}'"),
            )
            .await;
            let kept: String = sqlx::query_scalar("select rolpassword from pg_authid where rolname = $1")
                .bind(&login)
                .fetch_one(&mut admin)
                .await
                .unwrap();
            let salt: Vec<u8> =
                sqlx::query_scalar("select decode(split_part(split_part($1, ':', 2), '$', 1), 'base64')")
                    .bind(&kept)
                    .fetch_one(&mut admin)
                    .await
                    .unwrap();
            assert_eq!(Verifier::salted(&Secret::new(password), &salt).unwrap().as_str(), kept, "{password}");
        }
        let refused = |password: &str| Verifier::of(&Secret::new(password)).unwrap_err();
        for password in ["", "short", "eleven letters"[..11].trim(), "tab\tin the middle"] {
            let error = refused(password);
            assert_eq!(error.field.as_deref(), Some("password"));
            assert!(password.is_empty() || !error.to_string().contains(password), "{error}");
        }
    });
}

#[test]
fn what_cannot_be_a_login_is_refused_and_leaves_no_role() {
    run(async {
        let mut boss = Boss::new().await;
        let before = everything(&mut boss.office.owner).await;
        let roles = |conn: PgConnection| async move {
            let mut conn = conn;
            let all: Vec<String> = sqlx::query_scalar(
                "select rolname::text from pg_roles where rolname ~ 'drop|^pg_x|^Desk|^x' order by 1",
            )
            .fetch_all(&mut conn)
            .await
            .unwrap();
            conn.close().await.unwrap();
            all
        };
        let had = roles(boss.database.owner().await).await;
        for login in [
            "",
            " ",
            "Desk_Gil",
            "x\"; drop table leads; --",
            "pg_x",
            "public",
            "7up",
            "x'y",
            "xא",
            "desk_2",
            "queue_desk_operator",
            &"x".repeat(64),
        ] {
            for (command, arguments) in [
                ("login_script", json!({ "login": login })),
                ("login_create", boss.new_login(login, json!("a long enough password"))),
                ("login_save", json!({ "login": login, "password": null })),
            ] {
                let error = boss.window.refused(command, arguments, "bad_input");
                assert!(error["message"].as_str().unwrap().contains("Nothing was changed"), "{error}");
            }
        }
        assert_eq!(
            boss.window.refused("login_create", boss.new_login("x1", json!("short")), "bad_input")["field"],
            "password"
        );
        // Made first, and then the mapping is refused: the role is gone with it.
        let login = new_name();
        let nobody = json!({ "userId": Uuid::new_v4(), "name": "Gil", "login": login, "admin": false, "runner": false, "password": null });
        boss.window.refused("login_create", nobody, "not_found");
        assert_eq!(role(&mut boss.office.owner, &login).await, None);
        tokio::time::timeout(std::time::Duration::from_secs(5), async {
            while boss.board.last() != "forgotten" {
                tokio::task::yield_now().await;
            }
        })
        .await
        .expect("a password of nothing does not stay");
        // An admin without CREATEROLE, and somebody who is no admin.
        for (login, code) in [("desk", "no_permission"), ("desk_2", "no_permission"), ("unmapped", "no_permission")] {
            window(&boss.database, login, &boss.board, &boss.folder).await.refused(
                "login_create",
                boss.new_login("x1", json!(null)),
                code,
            );
        }
        assert_eq!(roles(boss.database.owner().await).await, had);
        assert_eq!(written(&before, &everything(&mut boss.office.owner).await), [""; 0]);
    });
}

#[test]
fn where_the_desk_may_make_no_login_its_script_does_for_whoever_may() {
    run(async {
        let mut boss = Boss::new().await;
        let login = new_name();
        let desk = window(&boss.database, "desk", &boss.board, &boss.folder).await;
        assert_eq!(desk.call("login_script", json!({ "login": login }))["obstacle"], "no_createrole");
        assert_eq!(desk.call("login_save", json!({ "login": login, "password": null })), "login.sql");
        let script = std::fs::read_to_string(boss.folder.path().join("login.sql")).unwrap();
        assert!(script.contains(&format!("create role {login} ")) && !script.contains(&boss.board.last()), "{script}");
        assert_eq!(role(&mut boss.office.owner, &login).await, None);
        sqlx::raw_sql(AssertSqlSafe(script)).execute(&mut boss.database.owner().await).await.unwrap();
        let mapped = json!({ "userId": boss.user, "name": "Gil", "login": login, "admin": false, "runner": false });
        assert_eq!(desk.call("operator_add", mapped)["changed"], 1);
        assert_eq!(role(&mut boss.office.owner, &login).await, Some((true, 8, true)));
    });
}

#[test]
fn closing_shuts_the_login_ends_its_sessions_and_leaves_the_owners_alone() {
    run(async {
        let mut boss = Boss::new().await;
        let login = new_name();
        boss.window.call("login_create", boss.new_login(&login, json!("a long enough password")));
        // The owner of the database is this operator's too; closing that would be the end of everything.
        boss.office
            .does(format!("update queue_desk.login set user_id = '{}' where db_role = 'postgres'", boss.user))
            .await;
        let closing = boss.window.call("login_closing", json!({ "userId": boss.user }));
        assert_eq!(
            closing[0],
            json!({ "login": login, "statement": format!("alter role {login} with nologin"), "obstacle": null })
        );
        assert_eq!((&closing[1]["login"], &closing[1]["obstacle"]), (&json!("postgres"), &json!("more_than_a_desk")));
        let mut open = boss.database.session(&login).await;
        let amir = Window::open(boss.database.desk("desk_2").await, None);
        amir.refused("login_close", json!({ "userId": boss.user }), "no_permission");
        // What cannot be done whole ends nobody's session.
        boss.office.does("create function public.refuse() returns trigger language plpgsql as 'begin raise exception ''no''; end'; create trigger refuse before update on queue_desk.login for each row execute function public.refuse()").await;
        boss.window.refused("login_close", json!({ "userId": boss.user }), "internal");
        sqlx::query("select 1").execute(&mut open).await.expect("the session goes on");
        boss.office.does("drop trigger refuse on queue_desk.login").await;

        let receipt = boss.window.call("login_close", json!({ "userId": boss.user }));
        let mut kept = receipt.clone();
        for counted_afterwards in ["sessions_ended", "sessions_open"] {
            kept["detail"].as_object_mut().unwrap().remove(counted_afterwards);
        }
        boss.office.holds_receipt(&kept).await;
        assert_eq!((&receipt["changed"], &receipt["detail"]["closed"]), (&json!(1), &json!([login])), "{receipt}");
        assert_eq!(
            (&receipt["detail"]["left"][0]["login"], &receipt["detail"]["sessions_ended"]),
            (&json!("postgres"), &json!(1))
        );
        assert!(sqlx::query("select 1").execute(&mut open).await.is_err(), "the session ended");
        assert!(PgConnection::connect_with(&boss.database.options(&login)).await.is_err(), "and no other begins");
        assert_eq!(role(&mut boss.office.owner, &login).await.map(|r| r.0), Some(false));
        assert_eq!(role(&mut boss.office.owner, "postgres").await.map(|r| r.0), Some(true));
        assert_eq!(boss.window.call("login_close", json!({ "userId": boss.user }))["changed"], 0, "it is so already");
        // A closed login is not mapped by mistake.
        let error = boss.window.refused(
            "operator_add",
            json!({ "userId": boss.user, "name": "Gil", "login": login, "admin": false, "runner": false }),
            "not_found",
        );
        assert!(error["message"].as_str().unwrap().contains("closed"), "{error}");
    });
}

#[test]
fn an_admin_sees_who_is_connected_and_what_runs_and_unknown_is_not_empty() {
    run(async {
        let (database, mut office) = Office::open().await;
        let admin = Window::open(database.desk("desk").await, None);
        let amir = Window::open(database.desk("desk_2").await, None);
        let nobody = Window::open(database.desk("unmapped").await, None);
        let _elsewhere = TestDatabase::new().await.desk("desk_3").await;
        let _not_a_desk = database.session("desk_3").await;
        amir.refused("desks", json!({}), "no_permission");
        nobody.refused("desks", json!({}), "no_permission");
        let amir_id = office.amir;
        office.does(format!("insert into queue_desk.run (worker_id, login, as_user, sender, started_at, heartbeat_at, request_timeout)
            values (gen_random_uuid(), 'desk_2', '{amir_id}', 'dry-run', queue_desk.now(), queue_desk.now() - interval '40 seconds', '2 seconds')")).await;
        let live = admin.ask("desks");
        let logins: Vec<_> = live["desks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| (d["login"].as_str().unwrap(), d["mapped"].as_bool().unwrap(), d["operator"].as_str()))
            .collect();
        // The login of nobody stands last.
        assert_eq!(
            logins,
            [("desk", true, Some("Noa Shalev")), ("desk_2", true, Some("Amir Haddad")), ("unmapped", false, None)],
            "{live}"
        );
        let mine = &live["desks"][0];
        assert_eq!(
            (&mine["mine"], &mine["version"], &live["known"]),
            (&json!(true), &json!(env!("CARGO_PKG_VERSION")), &json!(true))
        );
        assert!(mine["since"].is_string() && mine["connections"].as_i64().unwrap() >= 1, "{mine}");
        let run = &live["runs"][0];
        assert_eq!(
            (&run["operator"], &run["silent"], &run["stopping"]),
            (&json!("Amir Haddad"), &json!(true), &json!(false)),
            "{run}"
        );
        assert!((40..100).contains(&run["heartbeat_seconds"].as_i64().unwrap()), "{run}");

        superuser(&database, "revoke select on pg_catalog.pg_stat_activity from public".into()).await;
        let hidden = admin.ask("desks");
        assert_eq!(
            (&hidden["known"], &hidden["desks"], hidden["runs"].as_array().unwrap().len()),
            (&json!(false), &json!([]), 1)
        );
    });
}

/// From now on the tests' server asks this login for its password.
async fn asks_for_a_password(database: &TestDatabase, login: &str) {
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _held = ONE_AT_A_TIME.lock().await;
    let line = format!(
        "copy (select 'host all {login} all scram-sha-256') to program 'cat - pg_hba.conf > pg_hba.new && mv pg_hba.new pg_hba.conf'"
    );
    superuser(database, format!("{line}; select pg_reload_conf()")).await;
    while opens(database, login, "no such password").await {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
}

async fn opens(database: &TestDatabase, login: &str, password: &str) -> bool {
    match PgConnection::connect_with(&database.options(login).password(password)).await {
        Ok(conn) => conn.close().await.is_ok(),
        Err(_) => false,
    }
}

#[test]
fn a_forgotten_password_is_renewed_and_the_old_one_opens_nothing_any_more() {
    run(async {
        let mut boss = Boss::new().await;
        let login = new_name();
        boss.window.call("login_create", boss.new_login(&login, json!(null)));
        let old = boss.board.last();
        let mut gil = boss.database.session(&login).await;
        asks_for_a_password(&boss.database, &login).await;
        assert!(opens(&boss.database, &login, &old).await);
        let before = everything(&mut boss.office.owner).await;
        let shown = boss.window.call("login_renewal", json!({ "login": login }));
        let statement = format!("alter role {login} with login password 'SCRAM-SHA-256$..'");
        assert_eq!(shown, json!({ "login": login, "statement": statement, "obstacle": null, "closed": false }));
        assert_eq!(written(&before, &everything(&mut boss.office.owner).await), [""; 0]);

        let receipt = boss.window.call("login_renew", json!({ "login": login, "reopen": false, "password": null }));
        assert_eq!((&receipt["changed"], &receipt["detail"]["reopened"]), (&json!(1), &json!(false)), "{receipt}");
        assert_eq!((&receipt["detail"]["sessions_ended"], &receipt["detail"]["sessions_open"]), (&json!(1), &json!(0)));
        let mut kept = receipt.clone();
        for answered in ["sessions_ended", "sessions_open"] {
            kept["detail"].as_object_mut().unwrap().remove(answered);
        }
        boss.office.holds_receipt(&kept).await;
        let new = boss.board.last();
        assert!(new != old && !receipt.to_string().contains(&new));
        assert!(opens(&boss.database, &login, &new).await && !opens(&boss.database, &login, &old).await);
        assert!(sqlx::query("select 1").execute(&mut gil).await.is_err(), "who was connected with the old one is out");

        // Nobody else's, and not what can do more than a desk.
        let ask = |login: &str| json!({ "login": login, "reopen": true, "password": null });
        boss.window.refused("login_renew", ask("nobody_of_ours"), "not_found");
        boss.window.refused("login_renew", ask("postgres"), "no_permission");
        let amir = window(&boss.database, "desk_2", &boss.board, &boss.folder).await;
        amir.refused("login_renew", ask(&login), "no_permission");
        assert!(opens(&boss.database, &login, &new).await);
    });
}

#[test]
fn a_closed_login_is_opened_again_with_a_new_password_and_only_when_it_was_said() {
    run(async {
        let mut boss = Boss::new().await;
        let login = new_name();
        boss.window.call("login_create", boss.new_login(&login, json!(null)));
        let old = boss.board.last();
        boss.window.call("login_close", json!({ "userId": boss.user }));
        assert_eq!(boss.window.call("login_renewal", json!({ "login": login }))["closed"], true);
        let error = boss.window.refused(
            "login_renew",
            json!({ "login": login, "reopen": false, "password": null }),
            "bad_input",
        );
        assert!(error["message"].as_str().unwrap().contains("closed"), "{error}");
        assert_eq!(role(&mut boss.office.owner, &login).await, Some((false, 8, true)));

        let receipt = boss.window.call("login_renew", json!({ "login": login, "reopen": true, "password": null }));
        assert_eq!((&receipt["changed"], &receipt["detail"]["reopened"]), (&json!(1), &json!(true)), "{receipt}");
        assert_eq!(boss.office.changes(&receipt, "operator", "active").await, 1);
        assert_eq!(boss.office.changes(&receipt, "login", "active").await, 1);
        let session = Window::open(boss.database.desk(&login).await, None).ask("session");
        assert_eq!(session["operator"]["name"], "Gil");
        asks_for_a_password(&boss.database, &login).await;
        let new = boss.board.last();
        assert!(opens(&boss.database, &login, &new).await && !opens(&boss.database, &login, &old).await);
        // By itself, without a new password, nobody is made an operator again.
        let mut conn = boss.database.session("desk").await;
        let alone = sqlx::query("select queue_desk.operator_renew($1)").bind(&login).execute(&mut conn).await;
        assert!(alone.unwrap_err().to_string().contains("was not renewed"));
    });
}

#[test]
fn where_the_desk_may_change_no_login_the_script_renews_it_for_whoever_may() {
    run(async {
        let mut boss = Boss::new().await;
        let login = new_name();
        boss.window.call("login_create", boss.new_login(&login, json!(null)));
        // Noa's own login may make no roles.
        let noa = window(&boss.database, "desk", &boss.board, &boss.folder).await;
        assert_eq!(noa.call("login_renewal", json!({ "login": login }))["obstacle"], "no_createrole");
        noa.refused("login_renew", json!({ "login": login, "reopen": false, "password": null }), "no_permission");
        assert_eq!(noa.call("login_renew_save", json!({ "login": login, "password": null })), "login.sql");
        let password = boss.board.last();
        let script = std::fs::read_to_string(boss.folder.path().join("login.sql")).unwrap();
        assert!(script.contains("alter role") && !script.contains(&password), "{script}");
        superuser(&boss.database, script).await;
        asks_for_a_password(&boss.database, &login).await;
        assert!(opens(&boss.database, &login, &password).await);
        assert_eq!(role(&mut boss.office.owner, &login).await, Some((true, 8, true)));
    });
}
