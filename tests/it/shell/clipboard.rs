//! A password that was made for somebody is on the clipboard for two minutes, and never longer than the program runs; what anybody else
//! put there stays.

use std::{
    future::{pending, ready},
    sync::{Arc, Mutex},
    time::Duration,
};

use queue_desk::{
    error::Result,
    profile::Profiles,
    secrets::Secret,
    shell::{
        Shell, Start,
        clipboard::{Clipboard, HandOver, STAYS},
    },
};
use tokio::sync::oneshot;

use crate::support::{run, window::Answer};

/// A clipboard that a test looks at, and writes to as another program would.
#[derive(Clone, Default)]
struct Board(Arc<Mutex<Option<String>>>);

impl Board {
    fn says(&self) -> Option<String> {
        self.0.lock().unwrap().clone()
    }

    fn copied(&self, text: &str) {
        *self.0.lock().unwrap() = Some(text.to_owned());
    }
}

impl Clipboard for Board {
    fn put(&self, secret: &Secret) -> Result<()> {
        self.copied(secret.reveal());
        Ok(())
    }

    fn text(&self) -> Option<Secret> {
        self.says().map(Secret::new)
    }

    fn clear(&self) {
        *self.0.lock().unwrap() = None;
    }
}

fn board() -> (Board, HandOver) {
    let board = Board::default();
    (board.clone(), HandOver::new(Box::new(board)))
}

fn secret(text: &str) -> Secret {
    Secret::new(text)
}

#[test]
fn it_is_taken_away_when_its_time_is_over_and_not_before() {
    assert_eq!(STAYS, Duration::from_secs(120));
    run(async {
        let (board, hand_over) = board();
        let print = hand_over.put(&secret("first")).unwrap();
        assert_eq!(board.says().as_deref(), Some("first"));
        let (over, waits) = oneshot::channel::<()>();
        let forgets = hand_over.forget_after(print, async { waits.await.unwrap() });
        tokio::pin!(forgets);
        let early = tokio::time::timeout(Duration::from_millis(20), &mut forgets).await;
        assert!(early.is_err() && board.says().as_deref() == Some("first"));
        over.send(()).unwrap();
        forgets.await;
        assert_eq!(board.says(), None);
    });
}

#[test]
fn what_somebody_copied_since_stays() {
    run(async {
        for copied in ["another text", "first ", "FIRST", ""] {
            let (board, hand_over) = board();
            let print = hand_over.put(&secret("first")).unwrap();
            board.copied(copied);
            hand_over.forget_after(print, ready(())).await;
            hand_over.forget();
            assert_eq!(board.says().as_deref(), Some(copied));
        }
        // Not even where the clipboard holds no text by now.
        let (board, hand_over) = board();
        let print = hand_over.put(&secret("first")).unwrap();
        board.clear();
        hand_over.forget_after(print, ready(())).await;
        assert_eq!(board.says(), None);
    });
}

#[test]
fn a_second_password_has_a_time_of_its_own() {
    run(async {
        let (board, hand_over) = board();
        let first = hand_over.put(&secret("first")).unwrap();
        let second = hand_over.put(&secret("second")).unwrap();
        hand_over.forget_after(first, ready(())).await;
        assert_eq!(board.says().as_deref(), Some("second"));
        hand_over.forget_after(second, ready(())).await;
        assert_eq!(board.says(), None);
    });
}

#[test]
fn once_taken_away_it_is_nobodys_any_more() {
    run(async {
        let (board, hand_over) = board();
        let print = hand_over.put(&secret("first")).unwrap();
        hand_over.forget_after(print, ready(())).await;
        // Somebody pasted it before, and copies it again from there: that is theirs.
        board.copied("first");
        hand_over.forget();
        assert_eq!(board.says().as_deref(), Some("first"));
    });
}

#[test]
fn when_the_window_closes_it_is_taken_away_at_once_and_nothing_else_is() {
    run(async {
        for (copied, stays) in [(None, None), (Some("another text"), Some("another text"))] {
            let board = Board::default();
            let shell = Shell::new(Start::Ask, Profiles::nowhere(), Box::new(Answer(None)))
                .with_clipboard(Box::new(board.clone()));
            let print = shell.hand_over.put(&secret("first")).unwrap();
            if let Some(text) = copied {
                board.copied(text);
            }
            tokio::select! {
                () = shell.hand_over.forget_after(print, pending()) => unreachable!("its time is not over"),
                () = shell.close() => {}
            }
            assert_eq!(board.says().as_deref(), stays);
        }
    });
}
