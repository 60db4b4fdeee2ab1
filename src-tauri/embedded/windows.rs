//! What only Windows needs, and Postgres with it: paths in plain letters, folders for one account, no handles that outlive us.

use std::{
    ffi::OsString,
    io,
    os::windows::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
    ptr,
    sync::Once,
};

use windows_sys::Win32::{
    Foundation::{
        ERROR_INVALID_FUNCTION, ERROR_NOT_SUPPORTED, GENERIC_ALL, HANDLE_FLAG_INHERIT, LocalFree, SetHandleInformation,
    },
    Security::{
        Authorization::{
            BuildExplicitAccessWithNameW, EXPLICIT_ACCESS_W, SE_FILE_OBJECT, SET_ACCESS, SetEntriesInAclW,
            SetNamedSecurityInfoW,
        },
        DACL_SECURITY_INFORMATION, PROTECTED_DACL_SECURITY_INFORMATION, SUB_CONTAINERS_AND_OBJECTS_INHERIT,
    },
    Storage::FileSystem::GetShortPathNameW,
    System::{
        Console::{GetStdHandle, STD_ERROR_HANDLE, STD_INPUT_HANDLE, STD_OUTPUT_HANDLE},
        JobObjects::{
            AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
            JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
        },
        Threading::GetCurrentProcess,
    },
};

fn wide(text: impl AsRef<std::ffi::OsStr>) -> Vec<u16> {
    text.as_ref().encode_wide().chain([0]).collect()
}

/// The same place in plain letters, where the path has others: Postgres reads paths in the computer's old code page, which knows the
/// letters of one alphabet. The path must exist; where the disk keeps no short names it stays as it is.
pub fn plain(path: PathBuf) -> PathBuf {
    if path.as_os_str().is_ascii() {
        return path;
    }
    let long = wide(&path);
    let mut short = vec![0; long.len().max(260)];
    // SAFETY: both end where their lengths say; the answer is the length that was written, or would have been.
    let length = unsafe { GetShortPathNameW(long.as_ptr(), short.as_mut_ptr(), short.len() as u32) } as usize;
    match length {
        0 => path,
        _ if length > short.len() => path,
        _ => OsString::from_wide(&short[..length]).into(),
    }
}

/// Takes a file, or a folder and what will be in it, from everybody but this account. Only a user's own profile is private by itself.
pub fn keep_for_us(path: &Path) -> io::Result<()> {
    let (path, us) = (wide(path), wide("CURRENT_USER"));
    let failed = |code: u32| match code {
        // A disk that keeps no permissions (FAT) keeps nobody out.
        0 | ERROR_INVALID_FUNCTION | ERROR_NOT_SUPPORTED => Ok(()),
        code => Err(io::Error::from_raw_os_error(code.cast_signed())),
    };
    // SAFETY: the strings end in 0 and outlive the calls, the structure is theirs to fill, and the list is freed once.
    unsafe {
        let mut access: EXPLICIT_ACCESS_W = std::mem::zeroed();
        let inherited = SUB_CONTAINERS_AND_OBJECTS_INHERIT;
        BuildExplicitAccessWithNameW(&mut access, us.as_ptr(), GENERIC_ALL, SET_ACCESS, inherited);
        let mut list = ptr::null_mut();
        failed(SetEntriesInAclW(1, &access, ptr::null(), &mut list))?;
        // Protected: nothing comes down from the folder above.
        let what = DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION;
        let done = SetNamedSecurityInfoW(
            path.as_ptr(),
            SE_FILE_OBJECT,
            what,
            ptr::null_mut(),
            ptr::null_mut(),
            list,
            ptr::null(),
        );
        LocalFree(list.cast());
        failed(done)
    }
}

/// Our own input and output stay ours. A program that is started inherits every handle that may be inherited, not only the three it
/// is given, and the server outlives us: whoever reads our output through a pipe would wait for the server's end.
pub fn keep_our_handles() {
    for name in [STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE] {
        // SAFETY: a handle that is not there is refused.
        unsafe { SetHandleInformation(GetStdHandle(name), HANDLE_FLAG_INHERIT, 0) };
    }
}

/// What this process starts from now on ends with it, however that ends.
pub fn end_with_us() {
    static ONCE: Once = Once::new();
    // SAFETY: the job's handle stays open for as long as the process lives, which is what ends the others; a structure of numbers may
    // be zero.
    ONCE.call_once(|| unsafe {
        let job = CreateJobObjectW(ptr::null(), ptr::null());
        let mut limits: JOBOBJECT_EXTENDED_LIMIT_INFORMATION = std::mem::zeroed();
        limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
        let (what, size) = (JobObjectExtendedLimitInformation, size_of_val(&limits) as u32);
        if SetInformationJobObject(job, what, ptr::from_ref(&limits).cast(), size) != 0 {
            AssignProcessToJobObject(job, GetCurrentProcess());
        }
    });
}
