use std::{
    fs,
    io::{self, Write},
    path::PathBuf,
};

use queue_desk::{
    error::{Code, Error},
    transfer::file::Draft,
};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("queue-desk-file-{}-{name}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn names(&self) -> Vec<String> {
        fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn refused(result: Result<Draft, Error>) -> Error {
    match result {
        Ok(_) => panic!("it was accepted"),
        Err(error) => error,
    }
}

#[test]
fn a_finished_file_replaces_the_old_one_and_leaves_nothing_beside_it() {
    let folder = Folder::new("finished");
    let target = folder.0.join("export.csv");
    fs::write(&target, "old").unwrap();
    let mut draft = Draft::create(&target).unwrap();
    draft.write_all(b"new").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"old", "untouched until it is finished");
    draft.finish().unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"new");
    assert_eq!(folder.names(), ["export.csv"]);
}

#[cfg(unix)]
#[test]
fn whoever_has_the_old_file_open_goes_on_reading_the_old_one() {
    let folder = Folder::new("reader");
    let target = folder.0.join("export.csv");
    fs::write(&target, "old").unwrap();
    let reader = fs::File::open(&target).unwrap();
    let mut draft = Draft::create(&target).unwrap();
    draft.write_all(b"new").unwrap();
    draft.finish().unwrap();
    assert_eq!(io::read_to_string(reader).unwrap(), "old", "replaced in one step, not overwritten");
}

#[cfg(windows)]
#[test]
fn a_file_that_another_program_has_open_is_refused_before_anything_is_written() {
    use std::os::windows::fs::OpenOptionsExt;
    let folder = Folder::new("open");
    let target = folder.0.join("export.csv");
    fs::write(&target, "old").unwrap();
    // As Excel does: others may read it.
    const FILE_SHARE_READ: u32 = 1;
    let excel = fs::OpenOptions::new().read(true).write(true).share_mode(FILE_SHARE_READ).open(&target).unwrap();
    let error = refused(Draft::create(&target));
    assert!(error.hint.is_some_and(|hint| hint.contains("close it there")));
    assert_eq!(folder.names(), ["export.csv"]);
    drop(excel);
    Draft::create(&target).unwrap().finish().unwrap();
}

#[test]
fn a_cancelled_file_leaves_the_old_one_and_nothing_beside_it() {
    let folder = Folder::new("cancelled");
    let target = folder.0.join("export.csv");
    fs::write(&target, "old").unwrap();
    let mut draft = Draft::create(&target).unwrap();
    draft.write_all(b"half").unwrap();
    assert_eq!(folder.names().len(), 2);
    drop(draft);
    assert_eq!(fs::read(&target).unwrap(), b"old");
    assert_eq!(folder.names(), ["export.csv"]);
}

#[test]
fn two_exports_to_one_target_do_not_mix() {
    let folder = Folder::new("two");
    let target = folder.0.join("ייצוא.csv");
    let mut first = Draft::create(&target).unwrap();
    let mut second = Draft::create(&target).unwrap();
    first.write_all(b"first").unwrap();
    second.write_all(b"second").unwrap();
    second.finish().unwrap();
    first.finish().unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"first");
    assert_eq!(folder.names(), ["ייצוא.csv"]);
}

#[test]
fn a_missing_folder_is_named_with_what_to_do() {
    let folder = Folder::new("missing");
    let target = folder.0.join("no such folder/export.csv");
    let error = refused(Draft::create(&target));
    assert_eq!(error.code, Code::FileFailed);
    assert!(error.message.contains("no such folder"), "{error}");
    assert!(error.hint.unwrap().contains("folder does not exist"));
}

#[test]
fn a_folder_and_a_device_are_refused() {
    let folder = Folder::new("folder");
    assert_eq!(refused(Draft::create(&folder.0)).code, Code::FileFailed);
    assert_eq!(refused(Draft::create(&folder.0.join("..").join(".."))).code, Code::FileFailed);
    #[cfg(unix)]
    assert_eq!(refused(Draft::create("/dev/null".as_ref())).code, Code::FileFailed);
}

#[cfg(unix)]
#[test]
fn a_link_stays_a_link() {
    let folder = Folder::new("link");
    let (file, link) = (folder.0.join("real.csv"), folder.0.join("link.csv"));
    fs::write(&file, "old").unwrap();
    std::os::unix::fs::symlink(&file, &link).unwrap();
    let mut draft = Draft::create(&link).unwrap();
    draft.write_all(b"new").unwrap();
    draft.finish().unwrap();
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read(&file).unwrap(), b"new");
}

#[cfg(unix)]
#[test]
fn who_may_read_the_file_stays_as_it_was() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("mode");
    let target = folder.0.join("export.csv");
    fs::write(&target, "old").unwrap();
    fs::set_permissions(&target, fs::Permissions::from_mode(0o600)).unwrap();
    Draft::create(&target).unwrap().finish().unwrap();
    assert_eq!(fs::metadata(&target).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn a_name_as_long_as_a_name_can_be_is_written() {
    let folder = Folder::new("long");
    let target = folder.0.join("x".repeat(255));
    Draft::create(&target).unwrap().finish().unwrap();
    assert!(target.exists());
}

#[test]
fn a_full_disk_says_so_and_a_vanished_folder_fails_the_finish() {
    let folder = Folder::new("full");
    let target = folder.0.join("export.csv");
    let draft = Draft::create(&target).unwrap();
    let error = draft.failed(&io::ErrorKind::StorageFull.into());
    assert!(error.message.contains("export.csv") && error.hint.unwrap().contains("full"));
    fs::remove_dir_all(&folder.0).unwrap();
    assert_eq!(draft.finish().unwrap_err().code, Code::FileFailed);
}
