use std::future::poll_fn;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, duplex},
    task::{LocalSet, spawn_local},
};

use super::*;

type Asked = (Request<RecvStream>, h2::server::SendResponse<Bytes>);

/// A connection to a service that hands each request to `answer`.
async fn connected<F: Future<Output = ()> + 'static>(answer: impl Fn(Asked) -> F + 'static) -> Http2 {
    let (near, far) = duplex(16 * 1024);
    spawn_local(async move {
        let mut service = h2::server::handshake(far).await.unwrap();
        while let Some(Ok(asked)) = service.accept().await {
            spawn_local(answer(asked));
        }
    });
    Http2::begin(near).await.unwrap()
}

async fn said(stream: &mut Http2Stream, request: &str) -> String {
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).await.unwrap();
    reply
}

const GET: &str = "GET /a?b=c HTTP/1.1\r\nhost: example.org\r\nauthorization: Bearer secret\r\n\r\n";

#[test]
fn the_credential_alone_is_kept_out_of_the_tables_of_both_sides() {
    let head = GET.replace("auth", "accept: */*\r\nauth");
    let (request, _) = request_of(head.as_bytes()).unwrap();
    let sensitive = |name: &str| request.headers()[name].is_sensitive();
    assert_eq!((sensitive("authorization"), sensitive("accept")), (true, false));
}

#[tokio::test]
async fn a_request_and_its_reply_look_like_http_1_1() {
    let work = async {
        let connection = connected(|(request, mut reply)| async move {
            assert_eq!(request.uri(), "https://example.org/a?b=c");
            assert_eq!(request.headers()["authorization"], "Bearer secret");
            let head = Response::builder().status(200).header("etag", "x").body(()).unwrap();
            let mut body = reply.send_response(head, false).unwrap();
            body.send_data(Bytes::from_static(b"hello"), false).unwrap();
            body.send_trailers(http::HeaderMap::from_iter([(header::AGE, HeaderValue::from(1))])).unwrap();
        })
        .await;
        let reply = said(&mut connection.stream(), GET).await;
        let expected =
            "HTTP/1.1 200 \r\netag: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";
        assert_eq!(reply, expected);
        assert!(!connection.is_busy() && !connection.is_gone());
    };
    LocalSet::new().run_until(work).await;
}

#[tokio::test]
async fn a_chunked_body_goes_out_whole_through_a_window_that_opens_as_it_is_read() {
    let work = async {
        let connection = connected(|(mut request, mut reply)| async move {
            let mut length = 0;
            while let Some(data) = request.body_mut().data().await {
                let data = data.unwrap();
                length += data.len();
                request.body_mut().flow_control().release_capacity(data.len()).unwrap();
            }
            let head = Response::builder().header("content-length", "6").body(()).unwrap();
            let mut body = reply.send_response(head, false).unwrap();
            body.send_data(length.to_string().into(), true).unwrap();
        })
        .await;
        let chunk = format!("{:x}\r\n{}\r\n", 50_000, "x".repeat(50_000));
        let request = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\nx-key: secret\r\n\r\n";
        let mut stream = connection.stream();
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.write_all(chunk.repeat(8).as_bytes()).await.unwrap();
        let reply = said(&mut stream, "0\r\n\r\n").await;
        assert_eq!(reply, "HTTP/1.1 200 \r\ncontent-length: 6\r\n\r\n400000");
    };
    LocalSet::new().run_until(work).await;
}

#[tokio::test]
async fn a_stream_that_is_dropped_is_cancelled_and_its_neighbour_goes_on() {
    let work = async {
        let (told, mut reasons) = tokio::sync::mpsc::unbounded_channel();
        let connection = connected(move |(request, mut reply)| {
            let told = told.clone();
            async move {
                if request.uri().path() == "/slow" {
                    told.send(None).unwrap();
                    told.send(poll_fn(|cx| reply.poll_reset(cx)).await.ok()).unwrap();
                } else {
                    reply.send_response(Response::new(()), true).unwrap();
                }
            }
        })
        .await;
        let mut slow = connection.stream();
        slow.write_all(GET.replace("/a?b=c", "/slow").as_bytes()).await.unwrap();
        slow.flush().await.unwrap();
        assert_eq!(reasons.recv().await, Some(None), "it has arrived");
        let mut neighbour = connection.stream();
        drop(slow);
        assert_eq!(reasons.recv().await, Some(Some(Reason::CANCEL)));
        assert_eq!(said(&mut neighbour, GET).await, "HTTP/1.1 200 \r\ncontent-length: 0\r\n\r\n");
    };
    LocalSet::new().run_until(work).await;
}

#[tokio::test]
async fn data_that_waits_to_be_sent_when_a_stream_is_dropped_never_leaves() {
    // RST_STREAM of stream 1, CANCEL (RFC 9113 §6.4).
    const CANCELLED: [u8; 13] = [0, 0, 4, 3, 0, 0, 0, 0, 1, 0, 0, 0, 8];
    let work = async {
        // Nothing more fits in than this until somebody reads.
        let (near, mut far) = duplex(1024);
        let connection = Http2::begin(near).await.unwrap();
        let mut stream = connection.stream();
        let head = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\nx-key: secret\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![b'x'; 60_000]).await.unwrap();
        stream.flush().await.unwrap();
        drop(stream);
        let mut left = Vec::new();
        while !left.ends_with(&CANCELLED) {
            far.read_buf(&mut left).await.unwrap();
        }
        let data = memchr::memchr_iter(b'x', &left).count();
        assert!(data <= 16 * 1024 + 1, "more than the frame that was under way: {data}");
    };
    LocalSet::new().run_until(work).await;
}
