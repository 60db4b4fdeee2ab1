//! Whether somebody knows the password that a database was opened with.

use sqlx::{ConnectOptions, postgres::PgConnectOptions};

use crate::{
    db,
    error::{Code, Error, Result},
    secrets::Secret,
};

/// Whether it was opened with one: typed, kept, or of a password file.
pub fn is_used(options: &PgConnectOptions) -> bool {
    options.to_url_lossy().password().is_some()
}

/// Accepts the password that the database was opened with, where a login with it works, or where no server can be asked.
///
/// Another one is refused here and never sent: servers shut out an address that collects failed logins (Supabase after the second), and
/// with it this desk's automation. A server that asks for none would accept any.
///
/// # Errors
/// `WrongPassword`, also where the server does not accept it any more.
pub async fn prove(options: &PgConnectOptions, typed: &Secret) -> Result<()> {
    let with_typed = options.clone().password(typed.reveal());
    if typed.is_empty() || with_typed.to_url_lossy() != options.to_url_lossy() {
        return Err(Error::new(Code::WrongPassword, "This is not the password that this database was opened with.")
            .field("password"));
    }
    match db::open(&with_typed, true).await {
        Ok(conn) => {
            db::close(conn).await;
            Ok(())
        }
        Err(error) if matches!(error.code, Code::NoConnection | Code::ConnectionLost) => Ok(()),
        Err(error) => Err(error.field("password")),
    }
}
