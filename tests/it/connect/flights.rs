//! How often a person waits for the other end of the network: once for each act that is pressed all day, and once for a page.

use queue_desk::action::{cancel, grids, take};

use crate::support::{Office, TestDatabase, run, way::Way};

#[test]
fn warm_acts_and_pages_are_one_flight_each() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let leads = office.leads(2).await;
        let mut messages = Vec::new();
        for lead in &leads {
            messages.push(office.queued(*lead, office.noa, chrono::Utc::now() + chrono::Duration::days(1)).await);
        }
        let way = Way::to(database.options("desk").get_port()).await;
        let desk = database.desk_through("desk", way.port).await;
        let mut flown = Vec::new();
        // The second time each statement is prepared.
        for lead in leads {
            let before = way.flights();
            take::take(&desk, lead, None, None).await.unwrap();
            let taken = way.flights();
            take::release(&desk, lead, None).await.unwrap();
            let released = way.flights();
            cancel::cancel(&desk, &messages, None).await.unwrap();
            let cancelled = way.flights();
            grids::messages(&desk, &Default::default(), None, 100).await.unwrap();
            flown = vec![taken - before, released - taken, cancelled - released, way.flights() - cancelled];
        }
        assert_eq!(flown, [1, 1, 1, 1], "take, release, cancel, a page");
    });
}
