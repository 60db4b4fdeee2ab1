//! The embedded server: created once, shared, taken over, refused where it must be.

use std::{
    env, fs,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use queue_desk::{
    embedded::{Embedded, Home, Role},
    error::Code,
};
use sqlx::Connection;

use crate::support::{Folder, session, with_binaries};

/// A home in the test's folder, with the binaries that the run was given.
fn home(folder: &Folder) -> Home {
    with_binaries(Home::at(folder.path().join("home")))
}

/// The server's process, as its own file names it.
fn server_pid(home: &Home) -> Option<i32> {
    let file = fs::read_to_string(home.folder().join("data/postmaster.pid")).ok()?;
    file.lines().next()?.parse().ok()
}

/// What moves the folder for temporary files.
const TEMPORARY: &str = if cfg!(windows) { "TMP" } else { "TMPDIR" };

fn answers(server: &Embedded) -> bool {
    std::net::TcpStream::connect(("127.0.0.1", server.port())).is_ok()
}

#[cfg(unix)]
fn kill(pid: i32) {
    // SAFETY: a signal to a process that this test started.
    assert_eq!(unsafe { libc::kill(pid, libc::SIGKILL) }, 0);
}

#[cfg(windows)]
fn kill(pid: i32) {
    let killed = Command::new("taskkill").args(["/F", "/PID", &pid.to_string()]).output().expect("taskkill");
    assert!(killed.status.success(), "{killed:?}");
}

#[tokio::test]
async fn a_first_start_creates_the_cluster_and_the_next_one_finds_its_rows() {
    let folder = Folder::new();
    let home = home(&folder);

    let server = Embedded::start(&home).expect("a first start");
    let mut owner = session(&server, Role::Owner).await;
    sqlx::raw_sql("create table kept as select 1 as x").execute(&mut owner).await.expect("the owner may create");
    owner.close().await.expect("closed");
    server.stop().expect("stopped");
    assert_eq!(server_pid(&home), None, "the last client stops the server");

    let server = Embedded::start(&home).expect("a second start");
    let mut owner = session(&server, Role::Owner).await;
    let kept: i32 = sqlx::query_scalar("select x from kept").fetch_one(&mut owner).await.expect("the row is there");
    assert_eq!(kept, 1);
}

#[test]
fn two_clients_share_one_server_and_the_last_one_stops_it() {
    let folder = Folder::new();
    let home = home(&folder);

    let first = Embedded::start(&home).expect("the first client");
    let pid = server_pid(&home);
    let second = Embedded::start(&home).expect("the second client");
    assert_eq!((second.port(), server_pid(&home)), (first.port(), pid));

    first.stop().expect("the first leaves");
    assert!(answers(&second), "the second still needs it");
    second.stop().expect("the second leaves");
    assert_eq!(server_pid(&home), None);
}

#[test]
fn clients_that_start_at_once_get_one_server() {
    let folder = Folder::new();
    let home = home(&folder);
    let clients: Vec<Embedded> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..4).map(|_| scope.spawn(|| Embedded::start(&home).expect("a client"))).collect();
        starts.into_iter().map(|start| start.join().expect("a thread")).collect()
    });
    assert!(clients.iter().all(|client| client.port() == clients[0].port()));
}

#[test]
fn a_server_that_was_killed_starts_again() {
    let folder = Folder::new();
    let home = home(&folder);

    let server = Embedded::start(&home).expect("a server");
    let pid = server_pid(&home).expect("its process");
    kill(pid);
    server.stop().expect("a dead server counts as stopped");

    let again = Embedded::start(&home).expect("a start over the stale file");
    assert!(answers(&again));
    assert_ne!(server_pid(&home), Some(pid));
}

#[test]
fn the_server_of_a_client_that_was_killed_is_taken_over_and_then_stopped() {
    if env::var_os("QUEUE_DESK_TEST_CLIENT").is_some() {
        // The client of the test below: it dies with its share in its hands.
        let home = Home::from_env().expect("the environment");
        let _server = Embedded::start(&home).expect("the client starts the server");
        kill(std::process::id() as i32);
    }
    let folder = Folder::new();
    let home = home(&folder);
    let name = "embedded::the_server_of_a_client_that_was_killed_is_taken_over_and_then_stopped";
    let mut client = Command::new(env::current_exe().expect("this program"));
    client.args([name, "--exact"]).env("QUEUE_DESK_TEST_CLIENT", "1").env("QUEUE_DESK_HOME", home.folder());
    let died = client.output().expect("the client runs").status;
    assert!(!died.success());
    #[cfg(unix)]
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&died), Some(libc::SIGKILL));

    let pid = server_pid(&home).expect("the server outlives its client");
    let server = Embedded::start(&home).expect("taken over");
    assert_eq!(server_pid(&home), Some(pid));
    server.stop().expect("stopped");
    assert_eq!(server_pid(&home), None);
}

#[cfg(unix)]
#[test]
fn a_stale_file_that_names_a_living_process_does_not_stop_a_start() {
    let folder = Folder::new();
    let home = home(&folder);
    Embedded::start(&home).expect("a server").stop().expect("stopped");

    // After a reboot the process id of the server may belong to another program of its own account.
    let mut stranger = Command::new("sleep");
    stranger.arg("60");
    if let Some((user, group)) = server_account(&home) {
        std::os::unix::process::CommandExt::uid(&mut stranger, user);
        std::os::unix::process::CommandExt::gid(&mut stranger, group);
    }
    let mut stranger = stranger.spawn().expect("another program");
    let data = home.folder().join("data");
    let stale = format!("{}\n{}\n1\n1\n\n127.0.0.1\n1 1\nready   \n", stranger.id(), data.display());
    fs::write(data.join("postmaster.pid"), stale).expect("a stale file");

    let started = Embedded::start(&home);
    let unharmed = stranger.try_wait().expect("asked").is_none();
    stranger.kill().and_then(|()| stranger.wait()).expect("gone");
    assert!(started.is_ok(), "{started:?}");
    assert!(unharmed, "the other program was stopped");
}

#[cfg(unix)]
fn server_account(home: &Home) -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt;
    let data = fs::metadata(home.folder().join("data")).expect("the data");
    let own = fs::metadata(home.folder()).expect("the home");
    (data.uid() != own.uid()).then(|| (data.uid(), data.gid()))
}

#[test]
fn data_of_another_major_version_is_refused_and_left_alone() {
    let folder = Folder::new();
    let home = home(&folder);
    Embedded::start(&home).expect("a server").stop().expect("stopped");
    let version = home.folder().join("data/PG_VERSION");
    fs::write(&version, "14\n").expect("another version");

    let error = Embedded::start(&home).expect_err("refused");
    assert_eq!(error.code, Code::DataVersion);
    assert!(error.message.contains("PostgreSQL 14"), "{error}");
    assert_eq!(fs::read_to_string(&version).expect("still there"), "14\n");
    assert_eq!(server_pid(&home), None);
}

#[test]
fn a_port_that_is_taken_is_said() {
    let folder = Folder::new();
    let taken = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = taken.local_addr().expect("its address").port();

    let error = Embedded::start(&home(&folder).with_port(port)).expect_err("refused");
    assert_eq!(error.code, Code::PortTaken);
    drop(taken);
    let server = Embedded::start(&home(&folder).with_port(port)).expect("free again");
    assert_eq!(server.port(), port);
}

#[test]
fn a_folder_that_cannot_be_made_is_said_with_its_path() {
    let folder = Folder::new();
    let file = folder.path().join("file");
    fs::write(&file, "").expect("a file");

    let error = Embedded::start(&with_binaries(Home::at(file.join("home")))).expect_err("refused");
    assert_eq!(error.code, Code::FolderNotWritable);
    assert!(error.message.contains(&file.display().to_string()), "{error}");
    assert!(error.hint.is_some());
}

#[test]
fn a_directory_without_binaries_is_said_and_nothing_else_is_tried() {
    let folder = Folder::new();
    let error = Embedded::start(&home(&folder).with_postgres(folder.path())).expect_err("refused");
    assert_eq!(error.code, Code::NoBinaries);
    assert!(error.hint.is_some());
    assert!(!home(&folder).folder().exists(), "nothing was created");
}

#[test]
fn a_server_that_dies_at_its_start_is_shown_with_the_end_of_its_log() {
    let folder = Folder::new();
    let home = home(&folder);
    Embedded::start(&home).expect("a server").stop().expect("stopped");
    fs::write(home.folder().join("data/postgresql.conf"), "no_such_setting = 1\n").expect("a bad configuration");

    let error = Embedded::start(&home).expect_err("refused");
    assert_eq!(error.code, Code::ServerFailed);
    assert!(error.message.contains("no_such_setting"), "{error}");
}

#[test]
fn passwords_are_readable_for_their_owner_only_and_needed_by_every_login() {
    let folder = Folder::new();
    let home = home(&folder);
    let server = Embedded::start(&home).expect("a server");
    let file = home.folder().join("credentials");
    #[cfg(unix)]
    assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&file).expect("the file")) & 0o777, 0o600);

    let logs = fs::read_to_string(home.folder().join("postgres.log")).expect("the log");
    let text = fs::read_to_string(&file).expect("the passwords");
    assert!(text.split('"').filter(|word| word.len() == 32).all(|password| !logs.contains(password)));

    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    for role in Role::ALL {
        let wrong = server.connect_options(role).password("wrong");
        let refused = runtime.block_on(sqlx::PgConnection::connect_with(&wrong));
        assert!(refused.is_err(), "{} came in with a wrong password", role.name());
    }
}

#[tokio::test]
async fn the_desk_is_an_ordinary_login_and_never_an_authenticated_web_user() {
    let server = Embedded::throwaway().expect("a throwaway server");
    let mut desk = session(&server, Role::Desk).await;
    let (superuser, bypass, web, operator): (bool, bool, bool, bool) = sqlx::query_as(
        "select rolsuper, rolbypassrls, pg_has_role('authenticated', 'member'), pg_has_role('queue_desk_operator', 'member')
         from pg_roles where rolname = session_user",
    )
    .fetch_one(&mut desk)
    .await
    .expect("the login");
    assert_eq!((superuser, bypass, web, operator), (false, false, false, true));
    assert!(sqlx::raw_sql("create table public.mine ()").execute(&mut desk).await.is_err());

    let mut owner = session(&server, Role::Owner).await;
    let superuser: bool = sqlx::query_scalar("select rolsuper from pg_roles where rolname = session_user")
        .fetch_one(&mut owner)
        .await
        .expect("the owner");
    assert!(!superuser);
    // What migrations and tests do as the owner, on every version.
    for statement in [
        "create schema queue_desk",
        "grant usage on schema queue_desk to queue_desk_operator",
        "create role desk_2 login",
        "grant queue_desk_operator to desk_2",
        "create extension pgcrypto",
        "set role authenticated",
        "reset role",
        "create database another strategy file_copy",
    ] {
        sqlx::raw_sql(statement).execute(&mut owner).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
}

#[tokio::test]
async fn the_letters_of_all_alphabets_have_two_cases() {
    let server = Embedded::throwaway().expect("a throwaway server");
    let mut desk = session(&server, Role::Desk).await;
    let (version, small): (i32, String) =
        sqlx::query_as("select current_setting('server_version_num')::int, lower('\u{c4}\u{c9}\u{416}\u{3a9}')")
            .fetch_one(&mut desk)
            .await
            .expect("letters");
    // Before 17 only Linux brings a locale for them.
    if cfg!(target_os = "linux") || version >= 170_000 {
        assert_eq!(small, "\u{e4}\u{e9}\u{436}\u{3c9}");
    }
}

#[tokio::test]
async fn a_database_that_is_recreated_is_empty_and_the_owners() {
    let server = Embedded::throwaway().expect("a throwaway server");
    let mut owner = session(&server, Role::Owner).await;
    sqlx::raw_sql("create table gone ()").execute(&mut owner).await.expect("a table");

    server.recreate_database().expect("recreated");
    let mut owner = session(&server, Role::Owner).await;
    let tables: i64 = sqlx::query_scalar("select count(*) from pg_tables where schemaname = 'public'")
        .fetch_one(&mut owner)
        .await
        .expect("counted");
    assert_eq!(tables, 0);
    sqlx::raw_sql("create table fresh ()").execute(&mut owner).await.expect("the owner may create");
}

#[test]
fn a_throwaway_server_ends_with_its_process() {
    if let Some(report) = env::var_os("QUEUE_DESK_TEST_THROWAWAY") {
        let server = Embedded::throwaway().expect("a throwaway server");
        fs::write(report, server.port().to_string()).expect("reported");
        kill(std::process::id() as i32);
    }
    let folder = Folder::new();
    let report = folder.path().join("port");
    // As /tmp is: the server's account may remove what it owns.
    #[cfg(unix)]
    fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o1777))
        .expect("a temporary folder");
    let mut run = Command::new(env::current_exe().expect("this program"));
    run.args(["embedded::a_throwaway_server_ends_with_its_process", "--exact"]);
    run.env("QUEUE_DESK_TEST_THROWAWAY", &report).env(TEMPORARY, folder.path());
    run.output().expect("the run");
    let port: u16 = fs::read_to_string(&report).expect("it started").parse().expect("a port");

    // On Windows nobody is left to remove the folder; the next run does.
    let gone = |folder: &Path| {
        std::net::TcpStream::connect(("127.0.0.1", port)).is_err()
            && (cfg!(windows) || fs::read_dir(folder).expect("the folder").count() == 1)
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    while !gone(folder.path()) {
        assert!(Instant::now() < deadline, "the server or its folder is still there");
        std::thread::sleep(Duration::from_millis(50));
    }
}
