use chrono::{DateTime, Utc};
use queue_desk::model::{plan::Window, slots::Slots};

pub fn at(clock: &str) -> DateTime<Utc> {
    format!("2026-11-25T{clock}Z").parse().unwrap()
}

pub fn window(opens_at: &str, closes_at: &str) -> Window {
    Window { opens_at: at(opens_at), closes_at: at(closes_at) }
}

fn all(windows: &[Window], now: &str, per_hour: u32, taken: &[DateTime<Utc>]) -> Vec<String> {
    let mut slots = Slots::new(windows, at(now), per_hour, taken);
    let allowed = [window("00:00:00", "23:59:59")];
    std::iter::from_fn(|| slots.take(&allowed)).map(|slot| slot.format("%H:%M:%S%.f").to_string()).collect()
}

#[test]
fn they_start_at_the_opening_and_end_before_the_closing() {
    assert_eq!(all(&[window("09:00:00", "10:00:00")], "00:00:00", 3, &[]), ["09:00:00", "09:20:00", "09:40:00"]);
    assert_eq!(all(&[window("09:00:00", "10:00:01")], "00:00:00", 3, &[]).last().unwrap(), "10:00:00");
}

#[test]
fn today_starts_at_the_next_whole_minute() {
    let open = [window("09:00:00", "12:00:00")];
    assert_eq!(all(&open, "11:20:00", 6, &[])[0], "11:20:00");
    assert_eq!(all(&open, "11:20:00.000001", 6, &[])[0], "11:21:00");
    assert_eq!(all(&open, "11:59:30", 6, &[]).len(), 0);
    assert_eq!(all(&open, "18:00:00", 6, &[]).len(), 0);
}

#[test]
fn the_distance_is_rounded_up_and_at_least_a_second() {
    let open = [window("09:00:00", "09:00:10")];
    assert_eq!(all(&open, "00:00:00", 1_000, &[]), ["09:00:00", "09:00:04", "09:00:08"]);
    assert_eq!(all(&open, "00:00:00", u32::MAX, &[]).len(), 10);
    assert_eq!(all(&open, "00:00:00", 0, &[]).len(), 0);
}

#[test]
fn two_windows_that_touch_or_overlap_keep_the_distance() {
    let touching = [window("09:30:00", "10:00:00"), window("09:00:00", "09:30:00")];
    assert_eq!(all(&touching, "00:00:00", 3, &[]), ["09:00:00", "09:20:00", "09:40:00"]);
    let overlapping = [window("09:00:00", "09:50:00"), window("09:10:00", "10:00:00")];
    assert_eq!(all(&overlapping, "00:00:00", 3, &[]), ["09:00:00", "09:20:00", "09:40:00"]);
    let apart = [window("09:00:00", "09:10:00"), window("16:00:00", "16:10:00")];
    assert_eq!(all(&apart, "00:00:00", 3, &[]), ["09:00:00", "16:00:00"]);
}

#[test]
fn they_keep_away_from_slots_that_are_given_away() {
    let open = [window("09:00:00", "10:00:00")];
    let taken = [at("09:45:00"), at("09:05:00"), at("07:00:00"), at("09:05:00")];
    assert_eq!(all(&open, "00:00:00", 6, &taken), ["09:15:00", "09:25:00", "09:35:00", "09:55:00"]);
}

#[test]
fn a_lead_that_may_be_written_to_later_does_not_block_the_others() {
    let mut slots = Slots::new(&[window("09:00:00", "10:00:00")], at("00:00:00"), 6, &[]);
    let late = [window("09:25:00", "09:41:00")];
    let any = [window("00:00:00", "23:00:00")];
    assert_eq!(slots.take(&late), Some(at("09:30:00")));
    assert_eq!(slots.take(&any), Some(at("09:00:00")));
    assert_eq!(slots.take(&late), Some(at("09:40:00")));
    assert_eq!(slots.take(&late), None);
    assert_eq!(slots.take(&[]), None);
    assert_eq!(slots.take(&[window("09:50:00", "09:50:00")]), None);
    assert_eq!(slots.take(&[window("09:50:00", "09:55:00"), window("09:00:00", "09:15:00")]), Some(at("09:10:00")));
}
