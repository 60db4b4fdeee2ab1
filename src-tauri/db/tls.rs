//! Why the way to a server could not be protected, in a sentence each. Nothing here falls back to clear text.

use rustls::{CertificateError, Error as Refused};
use sqlx::postgres::PgConnectOptions;

use crate::error::{Code, Error};

/// The error of a handshake, wherever it is wrapped; none: something else failed.
pub fn refused(error: &sqlx::Error, options: &PgConnectOptions) -> Option<Error> {
    let server = format!("{}:{}", options.get_host(), options.get_port());
    let inner: &(dyn std::error::Error + 'static) = match error {
        sqlx::Error::Io(e) => e.get_ref()?,
        sqlx::Error::Tls(e) => e.as_ref(),
        _ => return None,
    };
    Some(match inner.downcast_ref::<Refused>() {
        Some(Refused::InvalidCertificate(why)) => certificate(why, options.get_host()),
        Some(
            Refused::InvalidMessage(_)
            | Refused::InappropriateMessage { .. }
            | Refused::InappropriateHandshakeMessage { .. },
        ) => failed(format!("What answers at {server} said that it speaks TLS, and does not."))
            .hint("Check host and port: another program may be listening there."),
        Some(Refused::AlertReceived(_)) => failed(format!("{server} broke the TLS handshake off."))
            .hint("It may want a client certificate, or only older versions of TLS. Ask its admin."),
        Some(Refused::PeerIncompatible(_) | Refused::PeerMisbehaved(_)) => {
            failed(format!("{server} and this computer have no version of TLS in common."))
                .hint("TLS 1.2 or newer is needed. Ask the server's admin.")
        }
        Some(_) => failed(format!("The TLS handshake with {server} failed.")).hint("Ask the server's admin."),
        None if matches!(error, sqlx::Error::Io(_)) => return None,
        // sqlx says this in its own words, without a type.
        None if inner.to_string().contains("does not support TLS") => not_offered(&server),
        None => failed(format!("The TLS connection to {server} could not be prepared."))
            .hint("Is the host a name or an address, and the file with the certificates in PEM form?"),
    })
}

/// The server answers, and has no TLS.
pub fn not_offered(server: &str) -> Error {
    failed(format!("{server} offers no TLS, so names, phones and texts would cross the network in clear."))
        .hint("Switch TLS on at the server (ssl = on). Choose \"off\" (sslmode=disable) only where the way is protected otherwise.")
}

fn certificate(why: &CertificateError, host: &str) -> Error {
    use CertificateError as C;
    match why {
        C::Expired | C::ExpiredContext { .. } => {
            failed(format!("The certificate of {host} has expired."))
                .hint("The server's admin renews it. Is this computer's date right?")
        }
        C::NotValidYet | C::NotValidYetContext { .. } => failed(format!("The certificate of {host} is not valid yet."))
            .hint("Is this computer's date right?"),
        C::NotValidForName | C::NotValidForNameContext { .. } => {
            failed(format!("The certificate is not for {host}: it names another server."))
                .hint("Use the name that the certificate was made for, or verify-ca where you know why it differs.")
        }
        C::UnknownIssuer if is_supabase(host) => {
            failed(format!("The certificate of {host} was issued by Supabase itself, which this computer does not know."))
                .hint("In Supabase: Project settings, Database, SSL configuration, Download certificate. Give that file here as the CA file.")
        }
        C::UnknownIssuer => failed(format!("The certificate of {host} was issued by somebody whom this computer does not know."))
            .hint("Give the issuer's certificate as the CA file. Whoever answers in the server's place looks just like this."),
        C::Revoked => failed(format!("The certificate of {host} was withdrawn by its issuer.")).hint("Ask the server's admin."),
        _ => failed(format!("The certificate of {host} is not one that a server may use."))
            .hint("Ask the server's admin for one that was issued for this host; \"require\" encrypts without checking it."),
    }
}

/// Their hosts end so.
pub fn is_supabase(host: &str) -> bool {
    host.ends_with(".supabase.co") || host.ends_with(".supabase.com")
}

fn failed(message: String) -> Error {
    Error::new(Code::TlsFailed, message).field("tls")
}
