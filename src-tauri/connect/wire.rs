//! The first bytes with a server, before anything is said to it: is there a way, and what kind of program answers?

use std::{
    io::{Error, ErrorKind},
    net::SocketAddr,
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpStream, lookup_host},
    time::timeout,
};

/// How long a name may take to be found.
const NAME: Duration = Duration::from_secs(5);
/// How long each address may take to answer, and how many are tried.
const ADDRESS: Duration = Duration::from_secs(4);
const ADDRESSES: usize = 3;
/// How long a server may think about TLS.
const ANSWER: Duration = Duration::from_secs(5);

/// PostgreSQL's question "do you speak TLS?".
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f];

/// What the server said to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    Tls,
    NoTls,
    /// It is no PostgreSQL.
    Garbage,
    /// Nothing, in five seconds.
    Nothing,
    /// It hung up.
    HungUp,
}

/// The addresses of a name.
pub async fn resolve(host: &str, port: u16) -> Result<Vec<SocketAddr>, Error> {
    let host = host.trim_matches(['[', ']']);
    let found: Vec<SocketAddr> = match timeout(NAME, lookup_host((host, port))).await {
        Ok(found) => found?.collect(),
        Err(_) => return Err(ErrorKind::TimedOut.into()),
    };
    match found.is_empty() {
        true => Err(ErrorKind::NotFound.into()),
        false => Ok(found),
    }
}

/// The first of the addresses that lets us in.
pub async fn reach(addresses: &[SocketAddr]) -> Result<TcpStream, Error> {
    let mut last = ErrorKind::NotFound.into();
    for address in addresses.iter().take(ADDRESSES) {
        match timeout(ADDRESS, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = ErrorKind::TimedOut.into(),
        }
    }
    Err(last)
}

/// Asks for TLS, and hangs up. A PostgreSQL answers with one letter and waits; whatever says more is something else, also when it
/// begins with the right letter (SSH does).
pub async fn ask_for_tls(mut stream: TcpStream) -> Said {
    if stream.write_all(&SSL_REQUEST).await.is_err() {
        return Said::HungUp;
    }
    let mut answer = [0; 16];
    match timeout(ANSWER, stream.read(&mut answer)).await {
        Err(_) => Said::Nothing,
        Ok(Err(_) | Ok(0)) => Said::HungUp,
        Ok(Ok(1)) if answer[0] == b'S' => Said::Tls,
        Ok(Ok(1)) if answer[0] == b'N' => Said::NoTls,
        Ok(Ok(_)) => Said::Garbage,
    }
}
