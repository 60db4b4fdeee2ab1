//! Automation: claim, gate, dispatch, settle, with a provider that answers at once.

use queue_desk::automation::Until;
use sqlx::Executor;

use crate::{
    support::{
        Office, TestDatabase,
        sending::{self, Fake, automate},
    },
    table::{Table, timed},
};

const MESSAGES: i32 = 2_000;
const ROUNDS: usize = 3;

pub async fn drain(table: &mut Table) {
    if !table.wants("send") {
        return;
    }
    let (mut ours, mut bare) = (vec![], vec![]);
    for _ in 0..ROUNDS {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let noa = office.noa;
        let messages = sending::due(&mut office, noa, MESSAGES).await;
        office.owner.execute("analyze").await.unwrap();

        // Two updates for each message, each its own transaction, and nothing that would stop a second desk: the old system's way.
        office.owner.execute("alter table public.whatsapp_message_queue disable trigger user").await.unwrap();
        let update = "update public.whatsapp_message_queue set queue_status = $2, updated_at = now() where id = $1";
        let old_way = async {
            for message in &messages {
                for word in ["sending", "sent"] {
                    sqlx::query(update).bind(message).bind(word).execute(&mut office.owner).await.unwrap();
                }
            }
        };
        bare.push(timed(old_way).await.0);
        office.owner.execute("update public.whatsapp_message_queue set queue_status = 'queued'").await.unwrap();
        office.owner.execute("alter table public.whatsapp_message_queue enable trigger user").await.unwrap();
        office.owner.execute("vacuum analyze public.whatsapp_message_queue").await.unwrap();

        let desk = database.desk("desk").await;
        let provider = Fake::default();
        ours.push(timed(automate(&desk, &provider, Until::Drained)).await.0);
        assert_eq!(provider.seen().len(), messages.len(), "each went out once");
        sending::sum_holds(&mut office.owner, i64::from(MESSAGES)).await;
    }
    table.line("send 2,000 messages, one desk", &ours, "two bare updates each", &bare);
}
