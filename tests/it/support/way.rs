//! A way to a server that a test can cut, silence, darken and stretch; it counts how often somebody waits for an answer.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU16, AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{
        TcpListener, TcpStream,
        tcp::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::{mpsc, watch},
    time::Instant,
};

/// What happens to whoever is on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weather {
    Clear,
    /// Everything is cut, and who comes anew is sent away.
    Dark,
    /// Everybody is let in and nothing arrives: a computer that sleeps, a firewall that drops.
    Hole,
}

/// When a connection that may act is cut: at the next statement it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// Before the statement reaches the server.
    Before,
    /// The same, and the server does not notice: its side stays open.
    BeforeUnnoticed,
    /// When the server has begun with it; its side stays open.
    While,
    /// When the server has answered, and the answer is lost.
    After,
}

/// Listens on a port of its own, until the runtime ends.
#[derive(Clone)]
pub struct Way {
    pub port: u16,
    inner: Arc<Inner>,
}

struct Inner {
    server: AtomicU16,
    delay: Duration,
    weather: watch::Sender<Weather>,
    trap: Mutex<Option<(Cut, Weather)>>,
    flights: AtomicUsize,
    /// Sides of the server that nobody closed.
    kept: Mutex<Vec<(OwnedReadHalf, OwnedWriteHalf)>>,
}

impl Way {
    /// To the server on this port of this computer.
    pub async fn to(server: u16) -> Self {
        Self::slow(server, Duration::ZERO).await
    }

    /// The same, with this much time from a question to its answer.
    pub async fn slow(server: u16, round_trip: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let inner = Arc::new(Inner {
            server: AtomicU16::new(server),
            delay: round_trip / 2,
            weather: watch::Sender::new(Weather::Clear),
            trap: Mutex::default(),
            flights: AtomicUsize::default(),
            kept: Mutex::default(),
        });
        let way = Self { port: listener.local_addr().expect("its address").port(), inner };
        let serving = way.inner.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(carry(client, serving.clone()));
            }
        });
        way
    }

    /// From now on.
    pub fn becomes(&self, weather: Weather) {
        self.inner.weather.send_replace(weather);
    }

    /// Who comes from now on reaches the server on this port; whoever is on the way stays.
    pub fn leads_to(&self, server: u16) {
        self.inner.server.store(server, Ordering::Relaxed);
    }

    /// Cuts the next connection that acts; from that moment on the weather is this.
    pub fn cut(&self, cut: Cut, then: Weather) {
        *self.inner.trap.lock().unwrap() = Some((cut, then));
    }

    /// How often somebody has sent something and waited for the answer.
    pub fn flights(&self) -> usize {
        self.inner.flights.load(Ordering::Relaxed)
    }
}

impl Inner {
    fn spring(&self, then: Weather) {
        *self.trap.lock().unwrap() = None;
        self.weather.send_replace(then);
    }
}

/// What both directions of a connection know.
#[derive(Default)]
struct Line {
    /// The desk's writer: its set-up names the session.
    acts: AtomicBool,
    /// The client spoke last.
    asked: AtomicBool,
    /// The next answer is lost.
    unanswered: AtomicBool,
}

#[derive(PartialEq)]
enum End {
    Closed,
    /// The server's side stays.
    Left,
}

enum Step {
    Pass,
    /// It still arrives; then the server's side is left alone.
    Last,
    Swallow,
    End(End),
}

async fn carry(client: TcpStream, way: Arc<Inner>) {
    let mut weather = way.weather.subscribe();
    let now = *weather.borrow_and_update();
    match now {
        Weather::Dark => return,
        Weather::Hole => return drop(weather.changed().await),
        Weather::Clear => {}
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", way.server.load(Ordering::Relaxed))).await else { return };
    let _ = (client.set_nodelay(true), server.set_nodelay(true));
    let ((mut from_client, mut to_client), (mut from_server, mut to_server)) =
        (client.into_split(), server.into_split());
    let line = Line::default();
    let end = tokio::select! {
        end = pump(&mut from_client, &mut to_server, way.delay, |said| up(said, &way, &line)) => end,
        end = pump(&mut from_server, &mut to_client, way.delay, |said| down(said, &way, &line)) => end,
        _ = weather.wait_for(|now| *now == Weather::Dark) => End::Closed,
    };
    if end == End::Left {
        way.kept.lock().unwrap().push((from_server, to_server));
    }
}

fn up(said: &[u8], way: &Inner, line: &Line) -> Step {
    if *way.weather.borrow() == Weather::Hole {
        return Step::Swallow;
    }
    if said.windows(18).any(|word| word == b"queue_desk.session") {
        line.acts.store(true, Ordering::Relaxed);
    }
    if !line.asked.swap(true, Ordering::Relaxed) {
        way.flights.fetch_add(1, Ordering::Relaxed);
    }
    let trap = *way.trap.lock().unwrap();
    // A Bind: a statement that was prepared runs.
    let Some((cut, then)) = trap.filter(|_| said[0] == b'B' && line.acts.load(Ordering::Relaxed)) else {
        return Step::Pass;
    };
    match cut {
        Cut::Before | Cut::BeforeUnnoticed => {
            way.spring(then);
            Step::End(if cut == Cut::Before { End::Closed } else { End::Left })
        }
        Cut::While => {
            way.spring(then);
            Step::Last
        }
        Cut::After => {
            line.unanswered.store(true, Ordering::Relaxed);
            Step::Pass
        }
    }
}

fn down(_said: &[u8], way: &Inner, line: &Line) -> Step {
    if *way.weather.borrow() == Weather::Hole {
        return Step::Swallow;
    }
    line.asked.store(false, Ordering::Relaxed);
    if line.unanswered.load(Ordering::Relaxed) {
        let trap = *way.trap.lock().unwrap();
        if let Some((_, then)) = trap {
            way.spring(then);
        }
        return Step::End(End::Closed);
    }
    Step::Pass
}

async fn pump(from: &mut OwnedReadHalf, to: &mut OwnedWriteHalf, delay: Duration, look: impl Fn(&[u8]) -> Step) -> End {
    let (send, mut arrive) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let read = async move {
        let mut said = vec![0; 1 << 16];
        loop {
            let n = match from.read(&mut said).await {
                Ok(0) | Err(_) => return End::Closed,
                Ok(n) => n,
            };
            let step = look(&said[..n]);
            if matches!(step, Step::Pass | Step::Last) {
                let _ = send.send((Instant::now() + delay, said[..n].to_vec()));
            }
            match step {
                Step::Pass | Step::Swallow => {}
                Step::Last => return End::Left,
                Step::End(end) => return end,
            }
        }
    };
    let write = async {
        while let Some((at, bytes)) = arrive.recv().await {
            tokio::time::sleep_until(at).await;
            if to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    // What was said before the end still arrives.
    tokio::join!(read, write).0
}
