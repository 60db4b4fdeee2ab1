//! Export Queue Data.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, Ordering},
};

use queue_desk::{
    action::{Desk, export},
    error::Code,
    model::page::Filter,
    shell::dialog::{Choice, FileKind, SaveDialog},
    transfer::{columns::HEADER, csv::Preset},
};
use serde_json::{Value, json};

use crate::support::{
    Folder, Office,
    around::Hand,
    contract::{everything, written},
    run,
    window::Window,
};

fn rows(file: &Path) -> Vec<HashMap<String, String>> {
    let text = fs::read_to_string(file).unwrap();
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    assert_eq!(reader.headers().unwrap(), &HEADER[..]);
    reader.deserialize().map(Result::unwrap).collect()
}

struct Place(Folder);

impl Place {
    fn new() -> Self {
        Self(Folder::new())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("queue.csv")
    }

    fn names(&self) -> Vec<String> {
        fs::read_dir(self.0.path()).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }
}

#[test]
fn every_message_and_job_is_a_row_with_lead_owner_and_last_delivery() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (amir, client) = (office.amir, Some(office.client));
        let name = "נועה, \"Noa\"\nsecond line";
        let lead = office.lead(client, name, Some("050-123-4567")).await;
        let message = office.queued(lead, amir, "2026-11-24T08:00:00Z".parse().unwrap()).await;
        office.at("2026-11-24T09:00:00Z").await;
        let hand = Hand::start(database.desk("desk").await).await;
        let claimed = hand.claim(1).await;
        assert!(hand.dispatch(claimed[0]).await.go);
        hand.sent(claimed[0]).await;
        let job = office.job(lead, amir, "queued").await;
        office.taken(lead, office.noa).await;
        let (place, rows_in_tables) = (Place::new(), 2);
        let window = Window::open(database.desk("desk_2").await, Some(place.file()));

        let receipt = window.export("machine");
        assert_eq!(
            (&receipt["changed"], &receipt["asked"], &receipt["detail"]["file"]),
            (&json!(rows_in_tables), &json!(rows_in_tables), &json!("queue.csv"))
        );
        office.holds_receipt(&receipt).await;
        assert_eq!(place.names(), ["queue.csv"]);
        let rows = rows(&place.file());
        assert_eq!(rows.len(), rows_in_tables);
        let by = |queue: &str| rows.iter().find(|r| r["queue"] == queue).unwrap();
        let (m, j) = (by("messages"), by("jobs"));
        let dispatched: String = office.ask("select to_char(dispatched_at at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS') from queue_desk.delivery").await;
        for (column, value) in [
            ("id", message.to_string()),
            ("lead_id", lead.to_string()),
            ("lead_name", format!("{name} Test")),
            ("lead_phone", "050-123-4567".into()),
            ("lead_status", "new".into()),
            ("client", "Carmel Homes".into()),
            ("operator", "Amir Haddad".into()),
            ("owner", "Noa Shalev".into()),
            ("queue_status", "sent".into()),
            ("lane", "sent".into()),
            ("scheduled_for", "2026-11-24T08:00:00Z".into()),
            ("message_content", "Hello".into()),
            ("recipient_phone", "050-123-4567".into()),
            ("provider_message_id", "wamid.1".into()),
            ("delivery_outcome", "sent".into()),
            ("attempts", "1".into()),
            ("simulated", "false".into()),
        ] {
            assert_eq!(m[column], value, "{column}");
        }
        assert!(m["delivery_dispatched_at"].starts_with(&dispatched), "{m:?}");
        assert_eq!(
            (j["id"].clone(), j["lead_name"].clone(), j["queue_status"].as_str(), j["lane"].as_str()),
            (job.to_string(), format!("{name} Test"), "queued", "")
        );
        assert_eq!(window.heard("desk://export").last().unwrap(), &json!({ "rows": 2, "total": 2 }));
    });
}

#[test]
fn excel_gets_a_mark_and_no_formulas() {
    run(async {
        let (database, mut office) = Office::open().await;
        let lead = office.lead(Some(office.client), "=HYPERLINK(\"http://x\")", Some("+972501234567")).await;
        office.foreign(lead, office.amir).await;
        office.does("update whatsapp_message_queue set scheduled_for = 'infinity'").await;
        let place = Place::new();
        Window::open(database.desk("desk_2").await, Some(place.file())).export("excel");
        assert!(fs::read(place.file()).unwrap().starts_with("\u{feff}queue,id,".as_bytes()));
        let row = &rows(&place.file())[0];
        assert_eq!(
            (row["scheduled_for"].as_str(), row["lead_name"].as_str(), row["recipient_phone"].as_str()),
            ("", "'=HYPERLINK(\"http://x\") Test", "'+972501234567"),
            "and a time that is none is an empty cell"
        );
    });
}

#[test]
fn the_filter_of_the_screen_is_the_filter_of_the_file() {
    run(async {
        let (database, mut office) = Office::open().await;
        let (now, amir, noa) = (chrono::Utc::now(), office.amir, office.noa);
        let (a, b) = (
            office.lead(Some(office.client), "Anat", Some("0501111111")).await,
            office.lead(Some(office.client), "Boaz", Some("0502222222")).await,
        );
        let queued = office.queued(a, amir, now + chrono::Duration::days(1)).await;
        let cancelled = office.queued(a, noa, now).await;
        let held = office.foreign(b, amir).await;
        office.job(b, amir, "queued").await;
        office
            .does(format!("update whatsapp_message_queue set queue_status = 'cancelled' where id = '{cancelled}'"))
            .await;
        let place = Place::new();
        let window = Window::open(database.desk("desk_2").await, Some(place.file()));
        for (filter, ids) in [
            (json!({ "lane": "queued" }), vec![queued]),
            (json!({ "lane": "cancelled" }), vec![cancelled]),
            (json!({ "lane": "held" }), vec![held]),
            (json!({ "operator": noa }), vec![cancelled]),
            (json!({ "search": "boaz", "lane": "held" }), vec![held]),
            (json!({ "search": "050-111 1111" }), vec![queued, cancelled]),
            (json!({ "lane": "sent" }), vec![]),
        ] {
            let receipt = window.call("export_queue", json!({ "filter": filter, "preset": "machine" }));
            let page = window.call("messages_page", json!({ "filter": filter, "after": null, "limit": 50 }));
            let mut ids: Vec<String> = ids.iter().map(|id| id.to_string()).collect();
            let mut exported: Vec<String> =
                rows(&place.file()).iter().filter(|r| r["queue"] == "messages").map(|r| r["id"].clone()).collect();
            let mut shown: Vec<String> =
                page["rows"].as_array().unwrap().iter().map(|r| r["id"].as_str().unwrap().to_owned()).collect();
            for list in [&mut ids, &mut exported, &mut shown] {
                list.sort();
            }
            assert_eq!((&exported, &shown), (&ids, &ids), "{filter}");
            assert_eq!(receipt["changed"].as_u64().unwrap() as usize, rows(&place.file()).len(), "{filter}");
            assert_eq!(
                receipt["detail"]["empty_because"],
                if ids.is_empty() { json!("filter") } else { Value::Null },
                "{filter}"
            );
        }
        for command in ["export_queue", "messages_page"] {
            let error = window.refused(
                command,
                json!({ "filter": { "lane": "sennt" }, "preset": "machine", "after": null, "limit": 9 }),
                "bad_input",
            );
            assert_eq!(error["field"], "lane");
        }
    });
}

#[test]
fn an_empty_queue_is_a_header_and_says_why() {
    run(async {
        let (database, mut office) = Office::open().await;
        let place = Place::new();
        let receipt = Window::open(database.desk("desk_2").await, Some(place.file())).export("machine");
        assert_eq!((&receipt["changed"], &receipt["detail"]["empty_because"]), (&json!(0), &json!("no_rows")));
        office.holds_receipt(&receipt).await;
        assert_eq!(fs::read_to_string(place.file()).unwrap(), format!("{}\r\n", HEADER.join(",")));
    });
}

#[test]
fn a_dialog_that_is_cancelled_is_no_export() {
    run(async {
        let (database, mut office) = Office::open().await;
        let before = everything(&mut office.owner).await;
        let window = Window::open(database.desk("desk_2").await, None);
        assert_eq!(window.export("excel"), Value::Null);
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
        assert_eq!(window.heard("desk://export"), [] as [Value; 0]);
        assert_eq!(window.export("excel"), Value::Null, "the next one is not blocked");
    });
}

#[test]
fn a_file_that_cannot_be_written_is_refused_and_the_ledger_says_nothing() {
    run(async {
        let (database, mut office) = Office::open().await;
        let place = Place::new();
        let before = everything(&mut office.owner).await;
        for file in [place.0.path().join("no/such/folder/q.csv"), place.0.path().to_owned()] {
            let window = Window::open(database.desk("desk_2").await, Some(file));
            window.refused("export_queue", json!({ "filter": {}, "preset": "machine" }), "file_failed");
        }
        assert_eq!((written(&before, &everything(&mut office.owner).await), place.names()), (vec![], vec![]));
    });
}

#[test]
fn a_cancelled_export_leaves_the_older_file_as_it_was() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(30).await;
        let desk = database.desk("desk_2").await;
        let window = Window::open(desk.clone(), None);
        window.prepare();
        let place = Place::new();
        fs::write(place.file(), "yesterday").unwrap();
        let before = everything(&mut office.owner).await;
        let cancelled = AtomicBool::new(false);
        // As soon as it says how many rows there are.
        let progress = |_| cancelled.store(true, Ordering::Relaxed);
        let watch = export::Watch { progress: &progress, cancelled: &cancelled };
        let error =
            export::to_file(&desk, &Filter::default(), Preset::Machine, &place.file(), &watch).await.unwrap_err();
        assert_eq!(error.code, Code::Cancelled);
        assert_eq!((fs::read_to_string(place.file()).unwrap().as_str(), place.names().len()), ("yesterday", 1));
        assert_eq!(written(&before, &everything(&mut office.owner).await), [""; 0]);
    });
}

/// A dialog during which the person does something else first.
struct Slow(Box<dyn Fn() + Send + Sync>, PathBuf);

impl SaveDialog for Slow {
    fn choose_kind<'a>(&'a self, _name: &'a str, _kind: FileKind) -> Choice<'a> {
        Box::pin(async {
            self.0();
            tokio::time::sleep(std::time::Duration::from_millis(600)).await;
            Some(self.1.clone())
        })
    }
}

#[test]
fn a_second_export_is_refused_while_one_is_open_and_the_button_cancels_the_first() {
    run(async {
        let (database, mut office) = Office::open().await;
        office.leads(3).await;
        let place = Place::new();
        let desk: Desk = database.desk("desk_2").await;
        Window::open(desk.clone(), None).prepare();
        let (open, opened) = std::sync::mpsc::channel();
        let window = Window::with_dialog(desk, Box::new(Slow(Box::new(move || open.send(()).unwrap()), place.file())));
        let first = window.begin("export_queue", json!({ "filter": {}, "preset": "machine" }));
        opened.recv().unwrap();
        window.refused("export_queue", json!({ "filter": {}, "preset": "machine" }), "already_running");
        window.ask("export_cancel");
        assert_eq!(first.join().unwrap().unwrap_err()["code"], "cancelled");
        assert_eq!(place.names(), [""; 0]);
        assert_eq!(office.count("queue_desk.queue_ledger where action = 'export'").await, 0);
        assert_eq!(window.export("machine")["changed"], 3, "and then another one works");
    });
}
