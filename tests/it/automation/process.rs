//! The real program, killed and cut off in the middle.

use std::{
    process::Child,
    time::{Duration, Instant},
};

use crate::support::{
    Office, TestDatabase, run,
    sending::{count, due, sum_holds},
    terminal::{Said, json, queue_desk},
};

const MESSAGES: i32 = 800;

struct Scene {
    database: TestDatabase,
    office: Office,
}

impl Scene {
    async fn new() -> Self {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let user = office.noa;
        due(&mut office, user, MESSAGES).await;
        Self { database, office }
    }

    fn start(&self) -> Child {
        queue_desk(&["--url", &self.database.url("desk"), "--json", "run", "--drain", "--sender", "dry-run"])
            .spawn()
            .unwrap()
    }

    async fn sent(&mut self) -> i64 {
        count(&mut self.office.owner, "select count(*) from whatsapp_message_queue where queue_status = 'sent'").await
    }

    async fn until_some_are_sent(&mut self) {
        let since = Instant::now();
        while self.sent().await < 150 {
            assert!(since.elapsed() < Duration::from_secs(30), "nothing is sent");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    /// Messages that were dispatched and whose answers wait to be written together.
    async fn in_doubt(&mut self) -> i64 {
        count(
            &mut self.office.owner,
            "select count(*) from queue_desk.delivery where dispatched_at is not null and finished_at is null",
        )
        .await
    }

    /// In the middle of the queue and of a group of answers.
    async fn until_some_are_in_doubt(&mut self) {
        self.until_some_are_sent().await;
        while self.in_doubt().await < 3 {
            tokio::task::yield_now().await;
        }
    }

    /// Another desk drains what the dead one left, and the sum holds. Returns how many are unknown.
    async fn finish(&mut self) -> i64 {
        // The server notices the dead client, then the heartbeat gets old.
        tokio::time::sleep(Duration::from_millis(300)).await;
        self.office.pass(40).await;
        let said = json(&self.database.url("runner"), &["run", "--drain", "--sender", "dry-run"]);
        assert!(said.code == 0 || said.code == 1, "{said:?}");
        let (sent, unknown, queued) = sum_holds(&mut self.office.owner, i64::from(MESSAGES)).await;
        assert_eq!(queued, 0, "the queue is drained");
        assert_eq!(sent + unknown, i64::from(MESSAGES));
        let unproven = "select count(*) from whatsapp_message_queue m where m.queue_status = 'failed' and not exists (select from queue_desk.delivery d
            where d.message_id = m.id and d.outcome = 'unknown' and d.dispatched_at is not null and d.reason = 'rescued')";
        assert_eq!(
            count(&mut self.office.owner, unproven).await,
            0,
            "unknown is only what was dispatched and never answered"
        );
        unknown
    }
}

#[test]
fn a_run_killed_in_the_middle_loses_nothing_and_sends_nothing_twice() {
    run(async {
        let mut scene = Scene::new().await;
        let mut child = scene.start();
        scene.until_some_are_in_doubt().await;
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(scene.sent().await < i64::from(MESSAGES), "it was killed in the middle");
        let unknown = scene.finish().await;
        assert!(unknown > 0, "it was killed between a dispatch and its settlement");
        assert!(unknown <= 11, "at most the answers that waited to be settled together are in doubt: {unknown}");
    });
}

#[test]
fn a_run_whose_connection_is_cut_ends_with_a_code_and_loses_nothing() {
    run(async {
        let mut scene = Scene::new().await;
        let child = scene.start();
        scene.until_some_are_in_doubt().await;
        scene.database.cut("desk").await;
        let said = Said::from(child.wait_with_output().unwrap());
        assert!(matches!(said.code, 2 | 3), "{said:?}");
        let code = said.error()["code"].clone();
        assert!(code == "connection_lost" || code == "commit_in_doubt", "{said:?}");
        assert!(scene.sent().await < i64::from(MESSAGES), "it was cut in the middle");
        let unknown = scene.finish().await;
        assert_eq!(unknown, 0, "the program lived: it knew every answer");
    });
}

#[test]
fn a_drain_of_the_real_program_says_what_the_database_holds() {
    run(async {
        let mut scene = Scene::new().await;
        let since = Instant::now();
        let said = Said::from(scene.start().wait_with_output().unwrap());
        let seconds = since.elapsed().as_secs_f64();
        eprintln!("drain: {MESSAGES} messages in {seconds:.2} s, {:.0} a second", f64::from(MESSAGES) / seconds);
        assert_eq!(said.code, 0, "{said:?}");
        assert_eq!(said.json()["changed"], MESSAGES);
        assert_eq!(said.json()["detail"]["totals"]["sent"], MESSAGES);
        assert_eq!(sum_holds(&mut scene.office.owner, i64::from(MESSAGES)).await, (i64::from(MESSAGES), 0, 0));
    });
}
