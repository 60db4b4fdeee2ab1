//! How often a person waits for the other end of the network: once for each act that is pressed all day, once for a page, twice for a lead,
//! three times for a preview, and a few times more when a database is opened.

use queue_desk::{
    action::{cancel, grids, lead, prepare, session, take},
    config::{Server, Target},
    connect::Connected,
    model::connection::{Environment, Guard},
};

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

#[test]
fn a_lead_is_two_flights_and_a_preview_three() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        let of = office.leads(2).await[0];
        let way = Way::to(database.options("desk").get_port()).await;
        let desk = database.desk_through("desk", way.port).await;
        take::take(&desk, of, None, None).await.unwrap();
        let mut flown = Vec::new();
        // The second time each statement is prepared.
        for _ in 0..2 {
            let before = way.flights();
            let page = lead::detail(&desk, of).await.unwrap();
            assert!(page.last_receipt.is_some_and(|receipt| !receipt.rows.is_empty()));
            let shown = way.flights();
            prepare::preview(&desk, None, None).await.unwrap();
            // The end of its snapshot is waited for by whoever reads next.
            drop(desk.database.reader().await.unwrap());
            flown = vec![shown - before, way.flights() - shown];
        }
        assert_eq!(flown, [2, 3 + 1], "a lead, a preview");
    });
}

#[test]
fn opening_a_database_waits_ten_times_until_its_rows_are_there() {
    run(async {
        let database = TestDatabase::new().await;
        let mut office = Office::new(&database).await;
        office.leads(1).await;
        let way = Way::to(database.options("desk").get_port()).await;
        let options = database.options("desk").port(way.port);
        let server = Server { options, environment: Environment::Production, guard: Guard::Silent, read_only: false };
        let connected = Connected::open(Target::Server(Box::new(server))).await.unwrap();
        let first = connected.refuse_transaction_pooler().await.unwrap();
        let desk = connected.desk(first).await.unwrap();
        session::session(&desk).await.unwrap();
        grids::messages(&desk, &Default::default(), None, 100).await.unwrap();
        // Two more than are waited for: the second connection comes about while the first one is asked, and says goodbye.
        assert!(way.flights() <= 12, "{}", way.flights());
    });
}
