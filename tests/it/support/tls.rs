//! A real Postgres that speaks TLS, with certificates made for the test; and programs that are no Postgres.

use std::time::Duration;

use queue_desk::embedded::{Embedded, Role};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};
use serde_json::{Value, json};
use sqlx::AssertSqlSafe;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

use super::session;

/// Somebody who issues certificates.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pub pem: String,
}

impl Authority {
    pub fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.distinguished_name.push(rcgen::DnType::CommonName, format!("Test CA {}", uuid::Uuid::new_v4()));
        let pem = params.self_signed(&key).expect("a certificate").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    /// A certificate for this name, with its key; valid until the year.
    pub fn issue(&self, name: &str, until: i32) -> (String, String) {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(until, 1, 1);
        (params.signed_by(&key, &self.issuer).expect("a certificate").pem(), key.serialize_pem())
    }
}

/// A server of the test's own, which can change its certificate while it runs.
pub struct TlsServer(pub Embedded);

impl TlsServer {
    pub async fn start() -> Self {
        Self(tokio::task::spawn_blocking(|| Embedded::throwaway().expect("a server")).await.expect("started"))
    }

    /// One whose login `guest` needs this password; it may look at nothing of the CRM.
    pub async fn asking(password: &str) -> Self {
        let server = Self::start().await;
        server.does(&format!("create role guest login password '{password}'")).await;
        let rules = "select 'host all guest all scram-sha-256' union all select 'host all all all trust'";
        server.does(&format!("copy ({rules}) to '{}'", server.file("pg_hba.conf").await)).await;
        server.does("select pg_reload_conf()").await;
        tokio::time::sleep(Duration::from_millis(300)).await;
        server
    }

    /// The form of the connect screen, filled in for `guest`.
    pub fn form(&self) -> Value {
        json!({
            "name": "Office", "host": "127.0.0.1", "port": self.0.port(), "database": "queue_desk", "login": "guest", "tls": null,
            "ca_file": null, "environment": "staging", "guard": "confirm", "asks_password": false, "in_keychain": false,
        })
    }

    /// As its superuser.
    pub async fn does(&self, sql: &str) {
        let mut admin = session(&self.0, Role::Superuser).await;
        sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut admin).await.unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    /// What it wrote into its log.
    pub async fn log(&self) -> String {
        let mut admin = session(&self.0, Role::Superuser).await;
        sqlx::query_scalar("select pg_read_file('../postgres.log')").fetch_one(&mut admin).await.expect("its log")
    }

    pub async fn stop(self) {
        tokio::task::spawn_blocking(move || self.0.stop().expect("stopped")).await.expect("stopped");
    }

    /// Where the server has a file of its own.
    async fn file(&self, name: &str) -> String {
        let mut admin = session(&self.0, Role::Superuser).await;
        let folder: String = sqlx::query_scalar("show data_directory").fetch_one(&mut admin).await.expect("its folder");
        format!("{}/{name}", folder.replace('\\', "/"))
    }

    /// From now on it shows this certificate.
    pub async fn show(&self, (certificate, key): (String, String)) {
        let mut admin = session(&self.0, Role::Superuser).await;
        // The server's own account writes them: Postgres refuses a key that others may read.
        for (file, text) in [("t.crt", certificate), ("t.key", key)] {
            let text = text.replace('\'', "");
            let write = match cfg!(windows) {
                true => {
                    let lines = format!("select unnest(string_to_array('{text}', chr(10)))");
                    format!("copy ({lines}) to '{}'", self.file(file).await)
                }
                false => {
                    format!("copy (select '') to program $$cat > /dev/null; umask 077; printf '%s' '{text}' > {file}$$")
                }
            };
            sqlx::raw_sql(AssertSqlSafe(write)).execute(&mut admin).await.expect("the file is written");
        }
        for set in ["ssl_cert_file = 't.crt'", "ssl_key_file = 't.key'", "ssl = on"] {
            sqlx::raw_sql(AssertSqlSafe(format!("alter system set {set}"))).execute(&mut admin).await.expect("set");
        }
        sqlx::raw_sql("select pg_reload_conf()").execute(&mut admin).await.expect("reloaded");
        tokio::time::sleep(Duration::from_millis(400)).await;
    }

    pub async fn hide(&self) {
        let mut admin = session(&self.0, Role::Superuser).await;
        sqlx::raw_sql("alter system set ssl = off").execute(&mut admin).await.expect("set");
        sqlx::raw_sql("select pg_reload_conf()").execute(&mut admin).await.expect("reloaded");
        tokio::time::sleep(Duration::from_millis(400)).await;
    }
}

/// Something that listens and is no Postgres: it waits for the first bytes, then says this, and hangs up (or never, where it says nothing).
pub async fn pretender(says: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let says = says.clone();
            tokio::spawn(async move {
                let mut heard = [0; 1024];
                let _ = stream.read(&mut heard).await;
                let _ = stream.write_all(&says).await;
                if says.is_empty() || says.len() == 1 {
                    tokio::time::sleep(Duration::from_secs(60)).await;
                }
            });
        }
    });
    port
}

/// One message of the server's side.
pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = vec![kind];
    out.extend(u32::try_from(body.len() + 4).expect("a length").to_be_bytes());
    out.extend(body);
    out
}

/// Speaks PostgreSQL so far that it has no TLS, answers the login with this, and then says nothing.
#[cfg(target_os = "linux")]
pub async fn postgres_that_says(kind: u8, body: &[u8]) -> u16 {
    postgres_that_answers(message(kind, body)).await
}

/// The same with several messages.
pub async fn postgres_that_answers(answer: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("its address").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let answer = answer.clone();
            tokio::spawn(async move {
                let mut heard = [0; 4096];
                loop {
                    let n = stream.read(&mut heard).await.unwrap_or(0);
                    let reply = if n == 8 { &b"N"[..] } else { &answer };
                    let _ = stream.write_all(reply).await;
                    if n != 8 {
                        break;
                    }
                }
                tokio::time::sleep(Duration::from_secs(60)).await;
            });
        }
    });
    port
}
