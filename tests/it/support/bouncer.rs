//! A real PgBouncer in front of the tests' server, as Debian installs it but for the lines that a test gives.

use std::{
    fs,
    os::unix::process::CommandExt,
    path::PathBuf,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use sqlx::{AssertSqlSafe, Connection, PgConnection, Row};

use super::{Folder, TestDatabase};

/// Ends with the test.
pub struct Bouncer {
    child: Child,
    pub port: u16,
    folder: Folder,
    console: sqlx::postgres::PgConnectOptions,
}

impl Bouncer {
    /// With these lines in its configuration.
    ///
    /// # Panics
    /// Where it is not installed (`cargo xtask test` installs it) or does not start.
    pub async fn start(database: &TestDatabase, settings: &str) -> Self {
        // Another program may take the free port first.
        for _ in 0..5 {
            let mut bouncer = Self::spawn(database, settings);
            if bouncer.is_up().await {
                return bouncer;
            }
        }
        panic!("PgBouncer does not start");
    }

    fn spawn(database: &TestDatabase, settings: &str) -> Self {
        let options = database.options("desk");
        let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        let port = free.local_addr().expect("its address").port();
        drop(free);
        let folder = Folder::new();
        let users = folder.path().join("users");
        let logins = ["desk", "desk_2", "desk_3", "postgres", "console"].map(|login| format!("\"{login}\" \"\"\n"));
        fs::write(&users, logins.concat()).expect("the logins");
        let configuration = format!(
            "[databases]\n* = host=127.0.0.1 port={server}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
             auth_type = trust\nauth_file = {users}\nadmin_users = console\n{settings}\n",
            server = options.get_port(),
            users = users.display(),
        );
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, configuration).expect("the configuration");
        let mut command = Command::new(program());
        command.arg("-q").arg(&file).stdin(Stdio::null()).stdout(Stdio::null());
        command.stderr(fs::File::create(folder.path().join("log")).expect("a log"));
        // SAFETY: geteuid cannot fail; prctl is safe to call between fork and exec.
        unsafe {
            // PgBouncer refuses to run as root.
            if libc::geteuid() == 0 {
                command.uid(65534).gid(65534);
            }
            command.pre_exec(|| {
                libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL);
                Ok(())
            });
        }
        let child = command.spawn().expect("PgBouncer starts");
        let console = options.port(port).username("console").database("pgbouncer").extra_float_digits(None);
        Self { child, port, folder, console }
    }

    async fn is_up(&mut self) -> bool {
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(10) {
            if let Some(ended) = self.child.try_wait().expect("its state") {
                eprintln!("{ended}: {}", self.log());
                return false;
            }
            if PgConnection::connect_with(&self.console).await.is_ok() {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("PgBouncer is not ready: {}", self.log());
    }

    /// Some other program that comes through it.
    pub async fn client(&self, database: &TestDatabase, login: &str) -> PgConnection {
        let options = database.options(login).port(self.port).extra_float_digits(None);
        let since = Instant::now();
        loop {
            match PgConnection::connect_with(&options).await {
                Ok(client) => return client,
                // Who was there before may not be gone yet.
                Err(_) if since.elapsed() < Duration::from_secs(2) => {
                    tokio::time::sleep(Duration::from_millis(20)).await
                }
                Err(e) => panic!("no client of PgBouncer: {e}"),
            }
        }
    }

    /// What it said.
    pub fn log(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// How many backends this login's clients hold, and how many wait for one.
    pub async fn held_and_waiting(&self, login: &str) -> (i64, i64) {
        let mut console = PgConnection::connect_with(&self.console).await.expect("the console");
        let pools = sqlx::raw_sql(AssertSqlSafe("show pools".to_owned())).fetch_all(&mut console).await.expect("pools");
        let of = |row: &sqlx::postgres::PgRow, name: &str| -> i64 {
            // It calls its numbers by several types, and says all of them as text.
            row.try_get_unchecked::<&str, _>(name).expect(name).parse().expect("a number")
        };
        let mine = pools.iter().filter(|row| row.try_get_unchecked::<&str, _>("user").expect("a login") == login);
        mine.fold((0, 0), |sum, row| (sum.0 + of(row, "cl_active"), sum.1 + of(row, "cl_waiting")))
    }
}

impl Drop for Bouncer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Daemons are in folders that are not in every user's PATH.
fn program() -> PathBuf {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let daemons = ["/usr/sbin", "/usr/local/sbin"].map(PathBuf::from);
    let found =
        std::env::split_paths(&path).chain(daemons).map(|folder| folder.join("pgbouncer")).find(|p| p.is_file());
    found.expect("PgBouncer is not installed (Debian: pgbouncer); `cargo xtask test` installs it")
}
