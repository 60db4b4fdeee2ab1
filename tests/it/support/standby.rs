//! A server and its hot standby, which follows it by streaming, and the address by which a desk knows them: a way that a test moves.

use std::{
    fs,
    os::unix::{fs::MetadataExt, process::CommandExt},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use queue_desk::embedded::{Embedded, Role};
use sqlx::{Connection, PgConnection, postgres::PgConnectOptions};

use super::{
    Folder, TestDatabase,
    database::{connect, furnish, value},
    way::{Way, Weather},
};

/// Both end with the test.
pub struct Pair {
    primary: Embedded,
    standby: Child,
    standby_port: u16,
    /// What the standby hears from the primary passes here.
    replication: Way,
    /// The address of the database; it leads to the primary at first.
    pub address: Way,
    _folder: Folder,
}

impl Pair {
    /// # Panics
    /// Where one of them does not start.
    pub async fn start() -> Self {
        let primary =
            tokio::task::spawn_blocking(|| Embedded::throwaway().expect("a primary")).await.expect("a thread");
        furnish(&primary).await;
        let (replication, address) = (Way::to(primary.port()).await, Way::to(primary.port()).await);
        let folder = Folder::new();
        let copy = folder.path().join("data");
        let mut admin = connect(primary.connect_options(Role::Superuser)).await;
        base_copy(&mut admin, &copy, replication.port).await;
        let programs: String = value(&mut admin, "select setting from pg_config where name = 'BINDIR'").await;
        let (standby, standby_port) = launch(Path::new(&programs), &copy, &folder.path().join("log"));
        let pair = Self { primary, standby, standby_port, replication, address, _folder: folder };
        pair.caught_up().await;
        pair
    }

    /// The database on the server that is the primary at first.
    pub fn database(&self) -> TestDatabase {
        TestDatabase::at(self.primary.port())
    }

    /// The database on the other one.
    pub fn copy(&self) -> TestDatabase {
        TestDatabase::at(self.standby_port)
    }

    /// Waits until the standby shows what the primary has committed so far.
    pub async fn caught_up(&self) {
        let mut primary = connect(self.superuser(self.primary.port())).await;
        // Commits of the tests' servers are not waited for; what this one writes before its commit is on the way with it.
        sqlx::raw_sql("set synchronous_commit = on; create temp table flushed ()")
            .execute(&mut primary)
            .await
            .expect("a flush");
        let to: String = value(&mut primary, "select pg_current_wal_lsn()::text").await;
        let since = Instant::now();
        loop {
            if let Ok(mut standby) = PgConnection::connect_with(&self.superuser(self.standby_port)).await {
                let there = sqlx::query_scalar("select coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)");
                if there.bind(&to).fetch_one(&mut standby).await.unwrap_or(false) {
                    return;
                }
            }
            assert!(since.elapsed() < Duration::from_secs(30), "the standby does not follow: {}", self.log());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// What is committed from now on does not reach the standby.
    pub async fn falls_behind(&self) {
        self.caught_up().await;
        self.replication.becomes(Weather::Dark);
    }

    /// The primary is killed (SIGKILL), and with it everything that the standby has not heard yet. The address leads nowhere.
    pub async fn primary_dies(&self) {
        let mut admin = connect(self.superuser(self.primary.port())).await;
        let file: String = value(&mut admin, "select current_setting('data_directory') || '/postmaster.pid'").await;
        let pid = fs::read_to_string(file).expect("its process").lines().next().and_then(|pid| pid.parse().ok());
        // SAFETY: kill has no memory effects; the process is a server that this test started.
        unsafe { libc::kill(pid.expect("a number"), libc::SIGKILL) };
        self.address.becomes(Weather::Dark);
    }

    /// The standby becomes the primary, and the address leads to it.
    pub async fn standby_takes_over(&self) {
        let mut admin = connect(self.superuser(self.standby_port)).await;
        let promoted: bool = value(&mut admin, "select pg_promote(true, 30)").await;
        assert!(promoted, "it is promoted: {}", self.log());
        self.moves_over();
    }

    /// A superuser's session on the server that was the standby.
    pub async fn admin_of_copy(&self) -> PgConnection {
        connect(self.superuser(self.standby_port)).await
    }

    /// The address leads to the standby as it is.
    pub fn moves_over(&self) {
        self.address.leads_to(self.standby_port);
        self.address.becomes(Weather::Dark);
        self.address.becomes(Weather::Clear);
    }

    pub fn log(&self) -> String {
        fs::read_to_string(self._folder.path().join("log")).unwrap_or_default()
    }

    fn superuser(&self, port: u16) -> PgConnectOptions {
        self.primary.connect_options(Role::Superuser).port(port)
    }
}

impl Drop for Pair {
    fn drop(&mut self) {
        let _ = self.standby.kill();
        let _ = self.standby.wait();
    }
}

/// A copy of the running server's folder, as pg_basebackup makes it; some servers come without that program.
async fn base_copy(admin: &mut PgConnection, to: &Path, primary: u16) {
    let from: String = value(admin, "select current_setting('data_directory')").await;
    sqlx::raw_sql("select pg_backup_start('standby', true)").execute(&mut *admin).await.expect("a backup");
    let copied = Command::new("cp").arg("-a").arg(&from).arg(to).stderr(Stdio::null()).status();
    // A file may vanish while it is copied; a copy without what matters does not start.
    copied.expect("cp");
    let label: String = value(admin, "select labelfile from pg_backup_stop(false)").await;
    for gone in ["postmaster.pid", "postmaster.opts"] {
        let _ = fs::remove_file(to.join(gone));
    }
    let auto = to.join("postgresql.auto.conf");
    let mut settings = fs::read_to_string(&auto).unwrap_or_default();
    let login = Role::Superuser.name();
    settings += &format!("primary_conninfo = 'host=127.0.0.1 port={primary} user={login} sslmode=disable'\n");
    for (file, text) in [(auto, settings), (to.join("backup_label"), label), (to.join("standby.signal"), String::new())]
    {
        fs::write(&file, text).expect("a file of the standby");
        owned_as(&file, to);
    }
}

fn owned_as(file: &Path, model: &Path) {
    let owner = fs::metadata(model).expect("its owner");
    std::os::unix::fs::chown(file, Some(owner.uid()), Some(owner.gid())).expect("its owner");
}

fn launch(programs: &Path, data: &Path, log: &PathBuf) -> (Child, u16) {
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("its address").port();
    drop(free);
    let owner = fs::metadata(data).expect("its owner");
    let mut command = Command::new(programs.join("postgres"));
    command.arg("-D").arg(data).args(["-p", &port.to_string()]);
    for setting in [
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=200",
        "fsync=off",
        "shared_buffers=32MB",
        "wal_retrieve_retry_interval=100ms",
    ] {
        command.args(["-c", setting]);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(fs::File::create(log).expect("a log"));
    // SAFETY: geteuid cannot fail; prctl is safe to call between fork and exec.
    unsafe {
        if libc::geteuid() == 0 {
            command.uid(owner.uid()).gid(owner.gid());
        }
        command.pre_exec(|| {
            libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGQUIT);
            Ok(())
        });
    }
    (command.current_dir("/").spawn().expect("the standby starts"), port)
}
