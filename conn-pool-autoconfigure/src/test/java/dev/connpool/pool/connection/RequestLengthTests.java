package dev.connpool.pool.connection;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

import dev.connpool.error.ConnPoolException;
import dev.connpool.settings.ClientSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.mockito.Mockito;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyBoolean;
import static org.mockito.BDDMockito.given;

/**
 * Tests for {@link RequestLength}.
 */
class RequestLengthTests {

	private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelHandlerAdapter() {
	});

	private final ChannelHandlerContext ctx = this.channel.pipeline().firstContext();

	private final Lease lease = Mockito.mock(Lease.class);

	private final ConnPoolException refusal = TestConnectionOwner.of(ClientSettings.DEFAULTS)
		.host()
		.errors()
		.wrongLength("told to be");

	private final List<String> mistakes = new ArrayList<>();

	private @Nullable Boolean incomplete;

	RequestLengthTests() {
		given(this.lease.misstated(any(), anyBoolean())).willAnswer((call) -> {
			this.mistakes.add(call.getArgument(0));
			this.incomplete = call.getArgument(1);
			return this.refusal;
		});
	}

	@Test
	void aBodyOfTheStatedLengthIsWritten() {
		RequestLength length = new RequestLength(false);
		assertAdmitted(length, head("5"), part("Hel"), last("lo"));
	}

	@Test
	void anEmptyBodyNeedsNoLength() {
		assertAdmitted(new RequestLength(false), head(null), LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void theSameConnectionMayCarryAnother() {
		RequestLength length = new RequestLength(false);
		assertAdmitted(length, head("5"), last("Hello"), head(null), LastHttpContent.EMPTY_LAST_CONTENT, head("2"),
				last("Hi"));
	}

	@Test
	void aBodyInChunksNeedsNoLength() {
		HttpRequest head = head(null);
		head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, "gzip, chunked");
		assertAdmitted(new RequestLength(false), head, part("Hello"), LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void aBodyThatIsTooLongIsRefused() {
		RequestLength length = new RequestLength(false);
		assertAdmitted(length, head("5"), part("Hello"));
		assertRefused(length, part("!"), "longer than its Content-Length: 5 bytes are stated, 6 or more are there");
		assertThat(this.incomplete).isFalse();
	}

	@Test
	void aBodyThatIsTooShortIsRefusedAtItsEnd() {
		RequestLength length = new RequestLength(false);
		assertAdmitted(length, head("5"), part("Hel"));
		assertRefused(length, LastHttpContent.EMPTY_LAST_CONTENT,
				"shorter than its Content-Length: 5 bytes are stated, 3 were there");
		assertThat(this.incomplete).isTrue();
	}

	@Test
	void aBodyThatNothingIsSaidOfIsRefused() {
		RequestLength length = new RequestLength(false);
		assertAdmitted(length, head(null));
		assertRefused(length, part("Hello"), "says nothing of a body but has one, of 5 bytes or more");
	}

	@Test
	void whatFollowsTheEndOfABodyIsRefused() {
		RequestLength length = new RequestLength(true);
		assertAdmitted(length, head(null), last("Hello"));
		assertRefused(length, part("!"), "goes on after its end: 6 bytes are there");
	}

	@Test
	void aStreamMarksTheEndByItself() {
		assertAdmitted(new RequestLength(true), head(null), part("Hello"), LastHttpContent.EMPTY_LAST_CONTENT);
	}

	@Test
	void aStreamIsAsLongAsItSaysToo() {
		RequestLength length = new RequestLength(true);
		assertAdmitted(length, head("2"));
		assertRefused(length, last("Hello"), "2 bytes are stated, 5 or more are there");
	}

	@Test
	void aWholeRequestIsComparedAtOnce() {
		ByteBuf body = Unpooled.copiedBuffer("Hello", StandardCharsets.US_ASCII);
		DefaultFullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/", body);
		request.headers().set(HttpHeaderNames.CONTENT_LENGTH, 4);
		assertRefused(new RequestLength(false), request, "4 bytes are stated, 5 or more are there");
		assertThat(body.refCnt()).isZero();
	}

	@Test
	void aLengthThatIsNoNumberIsRefused() {
		assertRefused(new RequestLength(false), head("+5"), "is not one number");
		assertRefused(new RequestLength(true), head(""), "is not one number");
		assertRefused(new RequestLength(true), head("9999999999999999999"), "is not one number");
		HttpRequest twice = head("5");
		twice.headers().add(HttpHeaderNames.CONTENT_LENGTH, "5");
		assertThat(RequestLength.isNoNumber(twice.headers())).isTrue();
		assertRefused(new RequestLength(false), twice, "is not one number");
		assertThat(RequestLength.isNoNumber(head(null).headers())).isFalse();
		assertThat(RequestLength.isNoNumber(head("5").headers())).isFalse();
	}

	// RFC 9112, section 6: of the two the server chooses one
	@Test
	void aLengthThatIsStatedTwiceIsRefused() {
		HttpRequest head = head("5");
		head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
		assertRefused(new RequestLength(false), head, "by Content-Length and Transfer-Encoding");
	}

	@Test
	void aCodingThatDoesNotEndWithChunkedIsRefused() {
		HttpRequest head = head(null);
		head.headers().set(HttpHeaderNames.TRANSFER_ENCODING, "chunked, gzip");
		assertRefused(new RequestLength(false), head, "does not end with 'chunked'");
		HttpRequest twice = head(null);
		twice.headers()
			.add(HttpHeaderNames.TRANSFER_ENCODING, "chunked")
			.add(HttpHeaderNames.TRANSFER_ENCODING, "gzip");
		assertRefused(new RequestLength(false), twice, "does not end with 'chunked'");
	}

	@Test
	void aSecondRequestInThePlaceOfOneIsRefused() {
		RequestLength length = new RequestLength(true);
		assertAdmitted(length, head(null));
		given(this.lease.isWritten()).willReturn(true);
		assertRefused(length, head(null), "a second request is written in the place of one");
	}

	@Test
	void nothingIsWrittenAfterARefusalAndAllAreToldOnceTheChannelIsClosed() {
		RequestLength length = new RequestLength(false);
		assertAdmitted(length, head("1"));
		DefaultHttpContent wrong = part("Hello");
		DefaultHttpContent late = part("!");
		ChannelPromise first = this.channel.newPromise();
		ChannelPromise second = this.channel.newPromise();
		assertThat(length.admitOrEnd(this.ctx, wrong, first, this.lease)).isFalse();
		assertThat(length.admitOrEnd(this.ctx, late, second, this.lease)).isFalse();
		assertThat(wrong.refCnt()).isZero();
		assertThat(late.refCnt()).isZero();
		assertThat(this.mistakes).as("it is told once").hasSize(1);
		assertThat(first.isDone()).isFalse();
		this.channel.close();
		assertThat(first.cause()).isSameAs(this.refusal);
		assertThat(second.cause()).isSameAs(this.refusal);
	}

	private void assertAdmitted(RequestLength length, Object... parts) {
		for (Object part : parts) {
			assertThat(length.admitOrEnd(this.ctx, part, this.channel.newPromise(), this.lease)).isTrue();
			ReferenceCountUtil.release(part);
		}
		assertThat(this.mistakes).isEmpty();
	}

	private void assertRefused(RequestLength length, Object part, String mistake) {
		this.mistakes.clear();
		assertThat(length.admitOrEnd(this.ctx, part, this.channel.newPromise(), this.lease)).isFalse();
		assertThat(this.mistakes).singleElement().asString().contains(mistake);
	}

	private static HttpRequest head(@Nullable String length) {
		HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
		if (length != null) {
			head.headers().set(HttpHeaderNames.CONTENT_LENGTH, length);
		}
		return head;
	}

	private static DefaultHttpContent part(String text) {
		return new DefaultHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
	}

	private static LastHttpContent last(String text) {
		return new DefaultLastHttpContent(Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII));
	}

}
