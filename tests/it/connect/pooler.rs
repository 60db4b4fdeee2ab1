//! A transaction pooler, played by a proxy that serves two clients through one backend, one request at a time.

use std::sync::Arc;

use queue_desk::shell::Start;
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

use super::{form, line, with};
use crate::support::{Folder, Office, TestDatabase, run, window::Window};

/// The one backend, and what it said when it was made.
struct Backend {
    stream: TcpStream,
    greeting: Vec<u8>,
}

/// Reads until the server is ready for the next question.
async fn answer(stream: &mut TcpStream) -> Vec<u8> {
    let mut out = Vec::new();
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head).await.expect("a message");
        let mut body = vec![0; u32::from_be_bytes(head[1..].try_into().unwrap()) as usize - 4];
        stream.read_exact(&mut body).await.expect("its body");
        out.extend(head);
        out.extend(body);
        if head[0] == b'Z' {
            return out;
        }
    }
}

async fn serve(mut client: TcpStream, server: u16, backend: Arc<Mutex<Option<Backend>>>) {
    let mut heard = vec![0; 65536];
    loop {
        let Ok(n) = client.read(&mut heard).await else { return };
        let said = &heard[..n];
        if n == 0 || said[0] == b'X' {
            // As poolers do: nobody gets a backend in the middle of somebody else's transaction.
            *backend.lock().await = None;
            return;
        }
        let mut backend = backend.lock().await;
        let reply = if said[0] == 0 && n == 8 {
            b"N".to_vec()
        } else if said[0] == 0 {
            if backend.is_none() {
                let mut stream = TcpStream::connect(("127.0.0.1", server)).await.unwrap();
                stream.write_all(said).await.unwrap();
                let greeting = answer(&mut stream).await;
                *backend = Some(Backend { stream, greeting });
            }
            backend.as_ref().unwrap().greeting.clone()
        } else {
            let stream = &mut backend.as_mut().unwrap().stream;
            stream.write_all(said).await.unwrap();
            answer(stream).await
        };
        if client.write_all(&reply).await.is_err() {
            return;
        }
    }
}

#[test]
fn two_connections_with_one_backend_are_refused_with_the_right_address() {
    run(async {
        let database = TestDatabase::new().await;
        let _office = Office::new(&database).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, server) = (listener.local_addr().unwrap().port(), database.options("desk").get_port());
        tokio::spawn(async move {
            let backend = Arc::new(Mutex::new(None));
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(serve(client, server, backend.clone()));
            }
        });
        let folder = Folder::new();
        let window = Window::started(Start::Ask, folder.path());
        let profile = with(&form(&database, "desk"), json!({ "port": port }));
        let probe = window.call("profile_test", json!({ "profile": profile, "password": null }));
        let (state, words) = line(&probe, "pooler");
        assert!(state == "failed" && words.contains("port 5432"), "{probe}");
        assert_eq!(
            (&probe["problem"]["code"], &probe["problem"]["field"]),
            (&json!("pooler_transaction_mode"), &json!("port"))
        );
        assert_eq!(probe["offers"], json!([]));
        window.refused(
            "connect_open",
            json!({ "to": { "kind": "server", "profile": profile }, "password": null, "readOnly": false }),
            "pooler_transaction_mode",
        );
        window.refused("session", json!({}), "not_connected");
    });
}
