//! What others do in the open database, told to the window.

use tauri::{AppHandle, Manager, Runtime};

use super::{FIRST_LOOK, Shell, lock};
use crate::{
    action::Desk,
    feed::{self, News},
    model::feed::{FeedMode, FeedStatus},
    shell::events,
};

impl Shell {
    /// Tells the window what others do, from the first call on.
    pub fn follow<R: Runtime>(&self, app: &AppHandle<R>, desk: &Desk) {
        let mut following = lock(&self.following);
        if following.is_some() {
            return;
        }
        let (app, status, database) = (app.clone(), self.feed.clone(), desk.database.clone());
        *following = Some(tauri::async_runtime::spawn(feed::follow(database, move |news| {
            match &news {
                News::Status(now) => drop(status.send_replace(now.clone())),
                News::Changed(_) => status.send_modify(|status| status.last_event_at = Some(chrono::Utc::now())),
                // A covered window hears nothing: it is told when it is open again.
                News::Settled(settled) if app.state::<Shell>().lock.is_locked() => {
                    lock(&app.state::<Shell>().untold).push(settled.clone());
                    return;
                }
                News::Settled(_) => {}
            }
            events::news(&app, &news);
        })));
    }

    /// How the window hears of changes. Waits a moment for the first look, so that what is read after it misses nothing. Whoever asks
    /// listens by now: what was settled while the window was covered is told.
    pub async fn feed_status<R: Runtime>(&self, app: &AppHandle<R>) -> FeedStatus {
        for settled in std::mem::take(&mut *lock(&self.untold)) {
            events::news(app, &News::Settled(settled));
        }
        let mut status = self.feed.subscribe();
        let begun = status.wait_for(|status| status.mode != FeedMode::Starting);
        drop(tokio::time::timeout(FIRST_LOOK, begun).await);
        self.feed_now()
    }

    /// How the window hears of changes at this moment.
    pub fn feed_now(&self) -> FeedStatus {
        self.feed.borrow().clone()
    }

    pub(super) fn unfollow(&self) {
        if let Some(following) = lock(&self.following).take() {
            following.abort();
        }
        lock(&self.untold).clear();
        self.feed.send_replace(feed::not_begun());
    }
}
