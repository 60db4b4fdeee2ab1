use std::collections::HashSet;

use queue_desk::transfer::{
    columns::{ExportRow, HEADER},
    csv::{CsvOut, Preset},
};
use uuid::Uuid;

fn export(rows: &[ExportRow], preset: Preset) -> String {
    let mut out = CsvOut::new(Vec::new(), preset).unwrap();
    for row in rows {
        out.write(row).unwrap();
    }
    assert_eq!(out.rows(), rows.len() as u64);
    String::from_utf8(out.finish().unwrap()).unwrap()
}

fn named(name: &str) -> ExportRow {
    ExportRow { lead_name: Some(name.to_owned()), ..ExportRow::default() }
}

/// The cells of a column, read back by a CSV reader.
fn column(text: &str, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let at = reader.headers().unwrap().iter().position(|header| header == name).unwrap();
    reader.records().map(|record| record.unwrap()[at].to_owned()).collect()
}

fn full() -> ExportRow {
    let at = |hour: u32| Some(format!("2026-11-25T{hour:02}:00:00Z").parse().unwrap());
    let text = |text: &str| Some(text.to_owned());
    ExportRow {
        queue: "messages".into(),
        id: Uuid::from_u128(1),
        lead_id: Some(Uuid::from_u128(2)),
        lead_name: text("lead_name"),
        lead_phone: text("lead_phone"),
        lead_status: text("lead_status"),
        client: text("client"),
        operator: text("operator"),
        owner: text("owner"),
        queue_status: text("queue_status"),
        lane: text("lane"),
        priority: Some(-5),
        queue_position: Some(7),
        scheduled_for: at(1),
        created_at: at(2),
        updated_at: at(3),
        sent_at: Some("2026-11-25T04:00:00.123456Z".parse().unwrap()),
        message_type: text("message_type"),
        template: text("template"),
        message_content: text("message_content"),
        recipient_phone: text("recipient_phone"),
        attempts: Some(3),
        last_error: text("last_error"),
        error_code: text("error_code"),
        provider_message_id: text("provider_message_id"),
        delivery_outcome: text("delivery_outcome"),
        delivery_dispatched_at: at(5),
        delivery_finished_at: at(6),
        simulated: Some(true),
    }
}

#[test]
fn an_export_of_nothing_is_the_header() {
    let header = format!("{}\r\n", HEADER.join(","));
    assert_eq!(export(&[], Preset::Machine), header);
    assert_eq!(export(&[], Preset::Excel), format!("\u{feff}{header}"));
}

#[test]
fn every_value_is_below_its_own_header() {
    for preset in [Preset::Machine, Preset::Excel] {
        let text = export(&[full()], preset);
        for name in HEADER {
            let expected = match name {
                "queue" => "messages",
                "id" => "00000000-0000-0000-0000-000000000001",
                "lead_id" => "00000000-0000-0000-0000-000000000002",
                "priority" => "-5",
                "queue_position" => "7",
                "attempts" => "3",
                "simulated" => "true",
                "scheduled_for" => "2026-11-25T01:00:00Z",
                "created_at" => "2026-11-25T02:00:00Z",
                "updated_at" => "2026-11-25T03:00:00Z",
                "sent_at" => "2026-11-25T04:00:00.123456Z",
                "delivery_dispatched_at" => "2026-11-25T05:00:00Z",
                "delivery_finished_at" => "2026-11-25T06:00:00Z",
                itself => itself,
            };
            assert_eq!(column(&text, name), [expected], "{name}");
        }
    }
    assert_eq!(HEADER.iter().collect::<HashSet<_>>().len(), HEADER.len());
}

#[test]
fn the_lines_end_as_rfc_4180_wants_and_quotes_are_doubled() {
    let text = export(&[named("a \"b\", c"), named("two\nlines")], Preset::Machine);
    assert!(text.contains(",\"a \"\"b\"\", c\","), "{text}");
    assert!(text.contains(",\"two\nlines\","), "{text}");
    assert_eq!(text.matches("\r\n").count(), 3);
}

#[test]
fn a_machine_reads_exactly_what_the_database_had() {
    let hostile =
        ["נועה כהן", "=1+1", "+972501234567", "'=x", "a\r\nb", "\t", " ", "\"", ",", "\u{feff}", "😀", "0501234567"];
    let rows: Vec<_> = hostile.map(|text| ExportRow { lead_phone: Some(text.into()), ..named(text) }).into();
    let text = export(&rows, Preset::Machine);
    assert!(!text.starts_with('\u{feff}'));
    assert_eq!(column(&text, "lead_name"), hostile);
    assert_eq!(column(&text, "lead_phone"), hostile);
}

#[test]
fn nothing_that_people_typed_begins_like_a_formula_in_a_spreadsheet() {
    let formulas = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "\u{a0}=1",
        "\u{200f}=1",
        "\u{feff}=1",
        "＝1",
        "＋1",
        "－1",
        "＠1",
        "\0=1",
        "-",
        "\tnote",
        "=cmd|' /C calc'!A0",
        "=HYPERLINK(\"a\",\"b\")",
    ];
    let rows: Vec<_> = formulas
        .map(|text| ExportRow {
            lead_phone: Some(text.into()),
            message_content: Some(text.into()),
            last_error: Some(text.into()),
            ..named(text)
        })
        .into();
    let text = export(&rows, Preset::Excel);
    let guarded = formulas.map(|formula| format!("'{formula}"));
    for name in ["lead_name", "lead_phone", "message_content", "last_error"] {
        assert_eq!(column(&text, name), guarded, "{name}");
    }
}

#[test]
fn phones_and_ids_stay_text_and_names_are_left_alone() {
    let row = ExportRow {
        lead_phone: Some("050-123-4567".into()),
        recipient_phone: Some("+972501234567".into()),
        provider_message_id: Some("12345678901234567890".into()),
        priority: Some(-3),
        ..named("נועה 'כהן' = 5")
    };
    let other = ExportRow {
        provider_message_id: Some("wamid.HBgM".into()),
        lead_phone: Some("(050) 1".into()),
        ..named("1st lead")
    };
    let text = export(&[row, other, ExportRow::default()], Preset::Excel);
    assert_eq!(column(&text, "lead_phone"), ["'050-123-4567", "'(050) 1", ""]);
    assert_eq!(column(&text, "recipient_phone"), ["'+972501234567", "", ""]);
    assert_eq!(column(&text, "provider_message_id"), ["'12345678901234567890", "wamid.HBgM", ""]);
    assert_eq!(column(&text, "priority"), ["-3", "", ""]);
    assert_eq!(column(&text, "lead_name"), ["נועה 'כהן' = 5", "1st lead", ""]);
}

#[test]
fn the_apostrophe_can_be_taken_off_without_loss() {
    let names = ["=x", "'=x", "''=x", "'t Hooft", "'", "x"];
    let text = export(&names.map(named), Preset::Excel);
    let cells = column(&text, "lead_name");
    assert_eq!(cells, ["'=x", "''=x", "'''=x", "'t Hooft", "'", "x"]);
    assert_eq!(cells.iter().collect::<HashSet<_>>().len(), names.len());
}

#[test]
fn any_text_comes_back_whole() {
    let mut random = fastrand::Rng::with_seed(9);
    let alphabet: Vec<char> = "ab\",;\r\n\t'=+-@ אב＝\u{feff}\u{202e}0".chars().collect();
    let names: Vec<String> = (0..2_000)
        .map(|_| (0..random.usize(0..12)).map(|_| alphabet[random.usize(0..alphabet.len())]).collect())
        .collect();
    let rows: Vec<_> = names.iter().map(|name| named(name)).collect();
    assert_eq!(column(&export(&rows, Preset::Machine), "lead_name"), names);
    for (cell, name) in column(&export(&rows, Preset::Excel), "lead_name").iter().zip(&names) {
        assert!(cell == name || *cell == format!("'{name}"), "{name:?}");
        assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']), "{cell:?}");
    }
}
