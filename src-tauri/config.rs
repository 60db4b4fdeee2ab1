//! Which database: from flags and environment to a target. Passwords come through DATABASE_URL, the file of DATABASE_URL_FILE, or
//! PGPASSFILE, never through a flag, because command lines are visible to everyone on the computer.

use std::{fmt::Write, fs, str::FromStr};

use rustls::pki_types::{CertificateDer, pem::PemObject};
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::{
    error::{Code, Error, Result},
    model::connection::{Environment, Guard, Profile, Tls, is_near},
    secrets::Secret,
};

/// Where a desk connects.
#[derive(Clone)]
pub enum Target {
    /// The Postgres that comes with Queue Desk.
    Embedded,
    Server(Box<Server>),
}

/// A server, and how this desk means to use it.
#[derive(Clone)]
pub struct Server {
    pub options: PgConnectOptions,
    pub environment: Environment,
    pub guard: Guard,
    /// Look, and never write: the connections themselves refuse it.
    pub read_only: bool,
}

impl Server {
    /// For people: host/database.
    pub fn title(&self) -> String {
        let options = &self.options;
        format!("{}/{}", options.get_host(), options.get_database().unwrap_or(options.get_username()))
    }

    /// How the way is protected.
    pub fn tls(&self) -> Tls {
        match self.options.get_ssl_mode() {
            PgSslMode::VerifyFull => Tls::VerifyFull,
            PgSslMode::VerifyCa => Tls::VerifyCa,
            PgSslMode::Require => Tls::Require,
            _ => Tls::Disable,
        }
    }
}

/// What the person said about the database.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    pub url: Option<String>,
    pub profile: Option<String>,
    pub embedded: bool,
}

impl Wish {
    /// `--embedded`, else `--url`, else DATABASE_URL or the file of DATABASE_URL_FILE; one of them must be there. A profile is the caller's to look up.
    pub fn target(&self) -> Result<Target> {
        self.named()?.ok_or_else(|| {
            Error::new(Code::BadInput, "No database was named. Nothing was done.")
                .field("url")
                .hint("Use --embedded for the local database, --profile, --url, or DATABASE_URL.")
        })
    }

    /// The same; none where nothing was named.
    pub fn named(&self) -> Result<Option<Target>> {
        if self.embedded {
            return Ok(Some(Target::Embedded));
        }
        if let Some(url) = &self.url {
            if holds_password(url) {
                return Err(Error::new(
                    Code::PasswordInUrl,
                    "The URL holds a password, which everyone on this computer could read. Nothing was done.",
                )
                .field("url")
                .hint("Leave it out, and put the whole URL into DATABASE_URL or the password into PGPASSFILE."));
            }
            return parse(url).map(Some);
        }
        match std::env::var("DATABASE_URL") {
            Ok(url) if !url.trim().is_empty() => parse(url.trim()).map(Some),
            _ => credential()?.map(|url| parse(&url)).transpose(),
        }
    }
}

/// The URL in the file that DATABASE_URL_FILE names, as containers and systemd hand secrets to a server.
fn credential() -> Result<Option<String>> {
    let Some(path) = std::env::var_os("DATABASE_URL_FILE").filter(|path| !path.is_empty()) else { return Ok(None) };
    let bad = |why: String| {
        Error::new(Code::BadInput, format!("The file that DATABASE_URL_FILE names {why}. Nothing was done."))
            .field("DATABASE_URL_FILE")
            .hint("It holds one line: postgresql://user:password@host:5432/database.")
    };
    let url = fs::read_to_string(path).map_err(|e| bad(format!("cannot be read ({})", e.kind())))?;
    // Notepad may begin a file with a mark of its own.
    match url.trim_start_matches('\u{feff}').trim() {
        "" => Err(bad("is empty".into())),
        url => Ok(Some(url.to_owned())),
    }
}

/// Whether passwords are looked up in a file when none is given: that of PGPASSFILE, or the one in the home folder.
pub fn has_password_file() -> bool {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(std::path::PathBuf::from);
    let own = match cfg!(windows) {
        true => set("APPDATA").map(|folder| folder.join("postgresql").join("pgpass.conf")),
        false => set("HOME").map(|folder| folder.join(".pgpass")),
    };
    set("PGPASSFILE").or(own).is_some_and(|file| file.is_file())
}

/// A profile as a server; its guard may make it read only. Without a password the one of PGPASSFILE, if there is one.
///
/// # Errors
/// `BadInput` with the field that is wrong; `PoolerTransactionMode` for port 6543; `TlsFailed` for a CA file that cannot be used.
pub fn server(profile: &Profile, password: Option<&Secret>, read_only: bool) -> Result<Server> {
    profile.check()?;
    let options = match password {
        Some(secret) => PgConnectOptions::new_without_pgpass().password(secret.reveal()),
        // Only a URL makes sqlx look into PGPASSFILE for this host.
        None => without_password(profile)?,
    };
    let host = profile.host.trim().trim_matches(['[', ']']);
    let options = options
        .host(host)
        .port(profile.port)
        .username(profile.login.trim())
        .database(profile.database.trim())
        .ssl_mode(mode(profile.tls()));
    let file = profile.ca_file.as_deref().map(str::trim).filter(|file| !file.is_empty());
    let options = match (file, profile.tls()) {
        (Some(file), Tls::VerifyCa | Tls::VerifyFull) => options.ssl_root_cert_from_pem(certificates(file)?),
        _ => options,
    };
    refuse_transaction_port(profile.port, "port")?;
    let guard = profile.guard;
    Ok(Server { options, environment: profile.environment, guard, read_only: read_only || guard == Guard::ReadOnly })
}

fn without_password(profile: &Profile) -> Result<PgConnectOptions> {
    let encoded = |text: &str| {
        text.trim().bytes().fold(String::new(), |mut out, byte| {
            let _ = match byte.is_ascii_alphanumeric() {
                true => write!(out, "{}", byte as char),
                false => write!(out, "%{byte:02X}"),
            };
            out
        })
    };
    let host = match profile.host.trim() {
        socket if socket.starts_with('/') => encoded(socket),
        v6 if v6.contains(':') && !v6.starts_with('[') => format!("[{v6}]"),
        name => name.to_owned(),
    };
    let url =
        format!("postgresql://{}@{host}:{}/{}", encoded(&profile.login), profile.port, encoded(&profile.database));
    PgConnectOptions::from_str(&url)
        .map_err(|_| Error::new(Code::BadInput, "The host is not a name or an address.").field("host"))
}

fn mode(tls: Tls) -> PgSslMode {
    match tls {
        Tls::Disable => PgSslMode::Disable,
        Tls::Require => PgSslMode::Require,
        Tls::VerifyCa => PgSslMode::VerifyCa,
        Tls::VerifyFull => PgSslMode::VerifyFull,
    }
}

/// The certificates of a file, read here so that a wrong path is not taken for a server that is not there.
fn certificates(file: &str) -> Result<Vec<u8>> {
    let bad = |why: &str| {
        Error::new(Code::TlsFailed, format!("The file with the certificates to trust, {file}, {why}."))
            .field("ca_file")
            .hint("Choose a file in PEM form: it begins with -----BEGIN CERTIFICATE-----.")
    };
    let pem = fs::read(file).map_err(|e| bad(&format!("cannot be read ({})", e.kind())))?;
    let mut found = 0;
    for certificate in CertificateDer::pem_slice_iter(&pem) {
        certificate.map_err(|_| bad("is damaged"))?;
        found += 1;
    }
    match found {
        0 => Err(bad("holds no certificate")),
        _ => Ok(pem),
    }
}

fn refuse_transaction_port(port: u16, field: &str) -> Result<()> {
    match port {
        6543 => Err(Error::new(
            Code::PoolerTransactionMode,
            "Port 6543 is a transaction pooler, which mixes up the statements of its clients. Nothing was done.",
        )
        .field(field)
        .hint("Use port 5432: the session pooler (on Supabase the same address), or the direct address.")),
        _ => Ok(()),
    }
}

/// The text is never repeated in the error: it may hold a password.
fn parse(url: &str) -> Result<Target> {
    let bad = |hint: &str| {
        Error::new(Code::BadUrl, "The database URL was not understood. Nothing was done.").field("url").hint(hint)
    };
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(bad("It must look like postgresql://user@host:5432/database."));
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        bad("It must look like postgresql://user@host:5432/database; special characters are %-encoded.")
    })?;
    if cfg!(not(unix)) && (options.get_socket().is_some() || options.get_host().starts_with('/')) {
        return Err(bad("This system has no sockets in folders. For a server on this computer use localhost."));
    }
    refuse_transaction_port(options.get_port(), "url")?;
    let near = is_near(options.get_host());
    let said = url.contains("sslmode=") || url.contains("ssl-mode=") || std::env::var_os("PGSSLMODE").is_some();
    let options = match options.get_ssl_mode() {
        // `prefer` and `allow` fall back to clear text when somebody on the way wants it.
        PgSslMode::Allow | PgSslMode::Prefer if said && !near => {
            return Err(bad(
                "sslmode=prefer and allow fall back to clear text. Use verify-full, or require where the certificate cannot be checked.",
            ));
        }
        PgSslMode::Allow | PgSslMode::Prefer if near => options.ssl_mode(PgSslMode::Disable),
        PgSslMode::Allow | PgSslMode::Prefer => options.ssl_mode(PgSslMode::VerifyFull),
        _ => options,
    };
    Ok(Target::Server(Box::new(Server {
        options,
        environment: Environment::Production,
        guard: Guard::Silent,
        read_only: false,
    })))
}

fn holds_password(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let in_authority = authority
        .rsplit_once('@')
        .is_some_and(|(user, _)| user.split_once(':').is_some_and(|(_, password)| !password.is_empty()));
    let query = url.split_once('?').map_or("", |(_, query)| query);
    in_authority || query.split('&').any(|pair| pair.to_ascii_lowercase().starts_with("password="))
}
