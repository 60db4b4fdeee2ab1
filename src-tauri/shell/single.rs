//! One window for each data folder. A lock of the operating system on the file `window` says who is first; it ends with the process,
//! however that ends. The first one listens on this computer's own network, at a port that the file `window.at` names together with a
//! word that only this account can read; whoever comes second knocks there with that word, and the first comes to the front.
//!
//! Not tauri-plugin-single-instance: its lock is of the program, ours is of the folder, so that two folders run side by side; on Linux it
//! needs a D-Bus session, which an invisible screen does not have. Not a socket file or a named pipe: one way for three systems, and
//! no limit of 107 bytes for the folder's path.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{self, Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    thread,
    time::{Duration, Instant},
};

use uuid::Uuid;

const LOCK: &str = "window";
const ADDRESS: &str = "window.at";
/// How long a second start waits for the first to say where it is, or to be gone. Longer than a window takes to close.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long one knock may take.
const KNOCK: Duration = Duration::from_millis(500);
const PAUSE: Duration = Duration::from_millis(50);
const RAISED: &str = "raised";
const LEAVING: &str = "leaving";
/// What is read from whoever knocks, at most: a word and its end.
const MOST: usize = 64;

/// What a start found.
#[derive(Debug)]
pub enum Turn {
    /// Nobody was there: the folder is ours until this value, or the process, ends.
    First(First),
    /// The window that was there is in front now.
    Raised,
    /// There is a window, and it did not answer.
    Open,
}

/// The right to show this folder's window.
#[derive(Debug)]
pub struct First {
    lock: File,
    door: TcpListener,
    word: String,
}

/// Asks for the folder's window.
///
/// # Errors
/// Where the folder cannot hold a lock: then nobody knows who else is there.
pub fn turn(folder: &Path) -> io::Result<Turn> {
    turn_within(folder, PATIENCE)
}

/// The same with another patience.
pub fn turn_within(folder: &Path, patience: Duration) -> io::Result<Turn> {
    let lock = private().create(true).truncate(false).read(true).open(folder.join(LOCK))?;
    let end = Instant::now() + patience;
    loop {
        match lock.try_lock() {
            Ok(()) => return First::of(folder, lock).map(Turn::First),
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(error),
        }
        // One that is just starting has no address yet, or that of a window before it; one that is leaving frees the lock soon.
        if knock(folder).is_some_and(|answer| answer == RAISED) {
            return Ok(Turn::Raised);
        }
        if Instant::now() > end {
            return Ok(Turn::Open);
        }
        thread::sleep(PAUSE);
    }
}

impl First {
    fn of(folder: &Path, lock: File) -> io::Result<Self> {
        let door = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let word = Uuid::new_v4().simple().to_string();
        let fresh = folder.join(format!("{ADDRESS}.new"));
        let address = format!("{} {word}\n", door.local_addr()?.port());
        private().create(true).truncate(true).open(&fresh)?.write_all(address.as_bytes())?;
        fs::rename(&fresh, folder.join(ADDRESS))?;
        Ok(Self { lock, door, word })
    }

    /// Answers whoever knocks, for as long as the process lives. `raise` brings the window to the front; false: it is closing, and the
    /// other one is to wait for its end.
    pub fn answer(self, raise: impl Fn() -> bool + Send + 'static) {
        thread::spawn(move || {
            let Self { lock: _lock, door, word } = self;
            for knocking in door.incoming().flatten() {
                // A port of this computer is open to all its programs: who has not read the word gets no answer.
                let _ = heard(&knocking, &word, &raise);
            }
        });
    }
}

fn heard(mut knocking: &TcpStream, word: &str, raise: &impl Fn() -> bool) -> io::Result<()> {
    knocking.set_write_timeout(Some(KNOCK))?;
    if line(knocking)? == word {
        let answer = if raise() { RAISED } else { LEAVING };
        writeln!(knocking, "{answer}")?;
    }
    Ok(())
}

/// What the first one says; none where there is nobody, or somebody else.
fn knock(folder: &Path) -> Option<String> {
    let address = fs::read_to_string(folder.join(ADDRESS)).ok()?;
    let (port, word) = address.trim().split_once(' ')?;
    let at = SocketAddr::from((Ipv4Addr::LOCALHOST, port.parse().ok()?));
    let mut door = TcpStream::connect_timeout(&at, KNOCK).ok()?;
    door.set_write_timeout(Some(KNOCK)).ok()?;
    writeln!(door, "{word}").ok()?;
    line(&door).ok()
}

/// The first line of a stream, which comes within [`KNOCK`] as a whole: who drips it holds nobody up.
fn line(mut from: &TcpStream) -> io::Result<String> {
    let end = Instant::now() + KNOCK;
    let mut line = Vec::new();
    let mut part = [0; 64];
    while line.len() < MOST {
        let left = end.checked_duration_since(Instant::now()).filter(|left| !left.is_zero());
        from.set_read_timeout(Some(left.ok_or(io::ErrorKind::TimedOut)?))?;
        let read = from.read(&mut part)?;
        line.extend_from_slice(&part[..read]);
        if read == 0 || part[..read].contains(&b'\n') {
            break;
        }
    }
    let line = line.split(|byte| *byte == b'\n').next().unwrap_or_default();
    Ok(String::from_utf8_lossy(line).into_owned())
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}
