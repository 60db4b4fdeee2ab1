//! One window for each data folder.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use queue_desk::shell::single::{Turn, turn, turn_within};

use crate::support::Folder;

const SOON: Duration = Duration::from_millis(150);
const HOLDER: &str = "QUEUE_DESK_TEST_HOLDS";

#[test]
fn of_starts_at_the_same_moment_one_has_the_window_and_the_others_raise_it() {
    let folder = Folder::new();
    let (raised, barrier) = (Arc::new(AtomicUsize::new(0)), Arc::new(Barrier::new(8)));
    let starts: Vec<_> = (0..8)
        .map(|_| {
            let (path, raised, barrier) = (folder.path().to_owned(), raised.clone(), barrier.clone());
            thread::spawn(move || {
                barrier.wait();
                match turn(&path).unwrap() {
                    Turn::First(first) => {
                        first.answer(move || {
                            raised.fetch_add(1, Ordering::SeqCst);
                            true
                        });
                        "first"
                    }
                    Turn::Raised => "raised",
                    Turn::Open => "open",
                }
            })
        })
        .collect();
    let mut found: Vec<&str> = starts.into_iter().map(|start| start.join().unwrap()).collect();
    found.sort_unstable();
    assert_eq!(found, ["first", "raised", "raised", "raised", "raised", "raised", "raised", "raised"]);
    assert_eq!(raised.load(Ordering::SeqCst), 7, "each of them raised it");
}

#[test]
fn two_folders_have_a_window_each() {
    let (one, other) = (Folder::new(), Folder::new());
    let first = turn(one.path()).unwrap();
    let second = turn(other.path()).unwrap();
    assert!(matches!((first, second), (Turn::First(_), Turn::First(_))));
}

/// Runs in a process of its own: holds the folder until it is killed.
#[test]
fn holds_the_folder_until_it_is_killed() {
    let Some(folder) = std::env::var_os(HOLDER) else { return };
    let Turn::First(first) = turn(Path::new(&folder)).unwrap() else { panic!("somebody is there") };
    first.answer(|| true);
    println!("\nheld");
    std::io::stdout().flush().unwrap();
    loop {
        thread::park();
    }
}

#[test]
fn a_window_that_was_killed_blocks_nobody() {
    let folder = Folder::new();
    let name = "shell::single::holds_the_folder_until_it_is_killed";
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--nocapture"]).env(HOLDER, folder.path()).stdout(Stdio::piped());
    let mut holder = command.spawn().unwrap();
    let said = BufReader::new(holder.stdout.take().unwrap());
    let held = said.lines().map_while(Result::ok).any(|line| line == "held");
    let beside = turn(folder.path());
    holder.kill().unwrap();
    holder.wait().unwrap();
    assert!(held, "it has the folder");
    assert!(matches!(beside.unwrap(), Turn::Raised), "while it lives it is raised");
    assert!(matches!(turn_within(folder.path(), SOON).unwrap(), Turn::First(_)), "its lock went with it");
}

#[test]
fn a_start_while_the_window_closes_waits_and_opens_the_next() {
    let folder = Folder::new();
    let Turn::First(first) = turn(folder.path()).unwrap() else { panic!("an empty folder") };
    // It holds the folder and says that it is leaving; its end is another thread's.
    let path = folder.path().to_owned();
    let (asked, heard) = std::sync::mpsc::channel();
    let address = fs::read_to_string(path.join("window.at")).unwrap();
    let next = thread::spawn(move || turn(&path));
    let door = TcpListener::bind("127.0.0.1:0").unwrap();
    let word = address.trim().split_once(' ').unwrap().1.to_owned();
    fs::write(folder.path().join("window.at"), format!("{} {word}\n", door.local_addr().unwrap().port())).unwrap();
    thread::spawn(move || {
        for stream in door.incoming().flatten() {
            let _ = (&stream).write_all(b"leaving\n");
            let _ = asked.send(());
        }
    });
    heard.recv_timeout(Duration::from_secs(5)).expect("it knocks");
    assert!(!next.is_finished(), "it waits");
    drop(first);
    assert!(matches!(next.join().unwrap().unwrap(), Turn::First(_)), "and has the window then");
}

#[test]
fn a_window_that_does_not_answer_is_said_to_be_open_in_bounded_time() {
    let folder = Folder::new();
    let first = turn(folder.path()).unwrap();
    let began = Instant::now();
    assert!(matches!(turn_within(folder.path(), SOON).unwrap(), Turn::Open), "nobody answers at the door");
    for address in ["", "no port", "99999 x", "1 x", "1"] {
        fs::write(folder.path().join("window.at"), address).unwrap();
        assert!(matches!(turn_within(folder.path(), Duration::ZERO).unwrap(), Turn::Open), "{address}");
    }
    assert!(began.elapsed() < Duration::from_secs(5));
    drop(first);
    assert!(matches!(turn(folder.path()).unwrap(), Turn::First(_)), "and the address of before does no harm");
}

#[test]
fn who_does_not_know_the_word_raises_nothing() {
    let folder = Folder::new();
    let Turn::First(first) = turn(folder.path()).unwrap() else { panic!("an empty folder") };
    let raised = Arc::new(AtomicUsize::new(0));
    let counts = raised.clone();
    first.answer(move || counts.fetch_add(1, Ordering::SeqCst) < 9);
    let address = fs::read_to_string(folder.path().join("window.at")).unwrap();
    let (port, word) = address.trim().split_once(' ').unwrap();
    for wrong in ["", "raise", &word[1..], &"x".repeat(100_000)] {
        fs::write(folder.path().join("window.at"), format!("{port} {wrong}\n")).unwrap();
        assert!(matches!(turn_within(folder.path(), Duration::ZERO).unwrap(), Turn::Open));
    }
    assert_eq!(raised.load(Ordering::SeqCst), 0);
    // Somebody at the door who says a letter now and then keeps nobody waiting.
    let mut dripping = std::net::TcpStream::connect(("127.0.0.1", port.parse::<u16>().unwrap())).unwrap();
    std::thread::spawn(move || {
        while std::io::Write::write_all(&mut dripping, b"x").is_ok() {
            std::thread::sleep(Duration::from_millis(100));
        }
    });
    std::thread::sleep(Duration::from_millis(150));
    fs::write(folder.path().join("window.at"), format!("{port} {word}\n")).unwrap();
    assert!(matches!(turn_within(folder.path(), Duration::from_secs(2)).unwrap(), Turn::Raised));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::remove_file(folder.path().join("window.at")).unwrap();
        let other = Folder::new();
        let _first = turn(other.path()).unwrap();
        for file in ["window", "window.at"] {
            let mode = fs::metadata(other.path().join(file)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{file} is this account's alone");
        }
    }
}
