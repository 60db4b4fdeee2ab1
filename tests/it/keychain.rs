//! The Windows Credential Manager. That of Linux has tests with a keyring of their own in `connect` and `secrets`.

use std::time::Duration;

use queue_desk::secrets::{Secret, keychain::Keychain};

#[tokio::test]
async fn a_password_is_kept_replaced_and_forgotten() {
    let keychain = Keychain::of_this_computer(Duration::from_secs(20));
    keychain.probe().await.expect("it can be used");
    let account = format!("test@{}:5432/crm", uuid::Uuid::new_v4());
    assert!(keychain.get(&account).await.expect("asked").is_none());

    for word in ["first", "hunter2-s3cr3t#/@:?-\u{e9}\u{5d0}\u{1f511}"] {
        keychain.keep(&account, &Secret::new(word)).await.expect("kept");
        let kept = keychain.get(&account).await.expect("asked").expect("there");
        assert!(kept.reveal() == word, "what was kept is what comes back");
    }
    keychain.forget(&account).await.expect("forgotten");
    assert!(keychain.get(&account).await.expect("asked").is_none());
    keychain.forget(&account).await.expect("once more");

    // Windows keeps 2,560 bytes.
    let long = Secret::new("x".repeat(1_400));
    assert!(keychain.keep(&account, &long).await.is_err());
    assert!(keychain.get(&account).await.expect("asked").is_none());
}
