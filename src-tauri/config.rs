//! Which database: from flags and environment to a target. Passwords come through DATABASE_URL or PGPASSFILE, never through a
//! flag, because command lines are visible to everyone on the computer.

use std::{net::IpAddr, str::FromStr};

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::error::{Code, Error, Result};

/// Where a desk connects.
#[derive(Clone)]
pub enum Target {
    /// The Postgres that comes with Queue Desk.
    Embedded,
    Url(Box<PgConnectOptions>),
}

/// What the person said about the database.
#[derive(Debug, Clone, Default)]
pub struct Wish {
    pub url: Option<String>,
    pub profile: Option<String>,
    pub embedded: bool,
}

impl Wish {
    /// `--embedded`, else `--url`, else DATABASE_URL, else `fallback`.
    pub fn target(&self, fallback: Option<Target>) -> Result<Target> {
        if self.profile.is_some() {
            return Err(Error::not_available_yet("A connection profile (--profile)")
                .field("profile")
                .hint("Use --url, DATABASE_URL or --embedded."));
        }
        if self.embedded {
            return Ok(Target::Embedded);
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
            return parse(url).map(Box::new).map(Target::Url);
        }
        match (std::env::var("DATABASE_URL"), fallback) {
            (Ok(url), _) if !url.trim().is_empty() => parse(url.trim()).map(Box::new).map(Target::Url),
            (_, Some(fallback)) => Ok(fallback),
            _ => Err(Error::new(Code::BadInput, "No database was named. Nothing was done.")
                .field("url")
                .hint("Use --embedded for the local database, --url, or DATABASE_URL.")),
        }
    }
}

/// The text is never repeated in the error: it may hold a password.
fn parse(url: &str) -> Result<PgConnectOptions> {
    let bad = |hint: &str| {
        Error::new(Code::BadUrl, "The database URL was not understood. Nothing was done.").field("url").hint(hint)
    };
    if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
        return Err(bad("It must look like postgresql://user@host:5432/database."));
    }
    let options = PgConnectOptions::from_str(url).map_err(|_| {
        bad("It must look like postgresql://user@host:5432/database; special characters are %-encoded.")
    })?;
    match options.get_ssl_mode() {
        PgSslMode::Disable | PgSslMode::Allow | PgSslMode::Prefer => {}
        _ => {
            return Err(Error::not_available_yet("TLS (sslmode)")
                .field("url")
                .hint("Connect over loopback or a private network for now."));
        }
    }
    if !url.contains("sslmode=disable") && !is_near(options.get_host()) {
        return Err(Error::not_available_yet("TLS, which a server beyond this computer or a private network needs,")
            .field("url")
            .hint("Names, phones and texts would cross the network in clear. Add sslmode=disable only where the way is protected otherwise."));
    }
    if options.get_port() == 6543 {
        return Err(Error::new(
            Code::PoolerTransactionMode,
            "Port 6543 is a transaction pooler, which mixes up the statements of its clients. Nothing was done.",
        )
        .field("url")
        .hint("Use the session pooler or the direct address: port 5432."));
    }
    Ok(options)
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

/// This computer or an address that is not routed on the internet.
fn is_near(host: &str) -> bool {
    match host.trim_matches(['[', ']']).parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => host == "localhost" || host.starts_with('/'),
    }
}
