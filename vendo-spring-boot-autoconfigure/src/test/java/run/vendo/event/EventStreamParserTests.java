package run.vendo.event;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

/**
 * Tests for {@link EventStreamParser}. A block is written down as its type, its id in
 * brackets and its data.
 */
class EventStreamParserTests {

	private static final int LIMIT = 64;

	static Stream<Arguments> streams() {
		return Stream.of(
				// Line ends
				stream("line feeds", "data: a\n\n", "[] a"), stream("carriage returns", "data: a\r\r", "[] a"),
				stream("both together", "data: a\r\n\r\n", "[] a"),
				stream("mixed", "data: a\ndata: b\rdata: c\r\n\ndata: d\r\r\n", "[] a\nb\nc", "[] d"),
				stream("carriage return, then a whole line end", "data: a\r\r\ndata: b\n\n", "[] a", "[] b"),
				stream("line feed, then carriage return is two", "data: a\n\rdata: b\n\n", "[] a", "[] b"),
				stream("three carriage returns", "data: a\r\r\rdata: b\r\r", "[] a", "[] b"),
				stream("a carriage return and the end", "data: a\n\r", "[] a"),
				stream("only line ends", "\n\n\r\n\r\r\n"), stream("nothing", ""),
				stream("line ends before the first block", "\n\ndata: a\n\n", "[] a"),
				stream("other line ends are none", "data: a\u000bb\fc\u0085d\u2028e\n\n",
						"[] a\u000bb\fc\u0085d\u2028e"),
				// Byte order mark
				stream("a mark", "\ufeffdata: a\n\n", "[] a"), stream("only a mark", "\ufeff"),
				stream("a mark and a line end", "\ufeff\ndata: a\n\n", "[] a"),
				stream("two marks: the second is part of the name", "\ufeff\ufeffdata: a\n\ndata: b\n\n", "[] b"),
				stream("a mark later on is part of the name", "data: a\n\n\ufeffdata: b\n\n", "[] a"),
				stream("a mark in data stays", "data: \ufeffa\n\n", "[] \ufeffa"),
				bytes("half a mark is part of the name", new int[] { 0xEF, 0xBB }, "data: a\n\ndata: b\n\n", "[] b"),
				bytes("a third of a mark is a line", new int[] { 0xEF, '\n' }, "data: a\n\n", "[] a"),
				bytes("the mark of UTF-16 is none", new int[] { 0xFE, 0xFF }, "data: a\n\ndata: b\n\n", "[] b"),
				// Data
				stream("several lines", "data: a\ndata: b\ndata: c\n\n", "[] a\nb\nc"),
				stream("one leading space is dropped", "data:a\n\ndata: a\n\ndata:  a\n\ndata: a \n\n", "[] a", "[] a",
						"[]  a", "[] a "),
				stream("a leading tab stays", "data:\ta\n\n", "[] \ta"),
				stream("empty data is data", "data:\n\n", "[] "), stream("data without a colon", "data\n\n", "[] "),
				stream("two empty lines of data", "data\ndata\n\n", "[] \n"),
				stream("an empty line in the middle", "data: a\ndata\ndata:\ndata: b\n\n", "[] a\n\n\nb"),
				stream("data that is a space", "data: \n\ndata:  \n\n", "[] ", "[]  "),
				stream("colons in data", "data: a:b: c\n\ndata::\n\n", "[] a:b: c", "[] :"),
				stream("JSON", "data: {\"a\":\"b c\"}\n\n", "[] {\"a\":\"b c\"}"),
				stream("characters of several bytes", "data: ä€😀\n\n", "[] ä€😀"),
				bytes("bytes that are no UTF-8 stay as they are", new int[0],
						new int[] { 'd', 'a', 't', 'a', ':', 0xC3, '\n', '\n' }, "[] \ufffd"),
				stream("a NUL in data stays", "data: a\0b\n\n", "[] a\0b"),
				// Names
				stream("names are told by case", "Data: a\nDATA: b\ndata: c\n\n", "[] c"),
				stream("a space before a name", " data: a\ndata: b\n\n", "[] b"),
				stream("a space after a name", "data : a\ndata: b\n\n", "[] b"),
				stream("a longer name", "datas: a\ndat: b\nevents: x\nids: y\ndata: c\n\n", "[] c"),
				stream("unknown names", "foo: bar\nfoo\ndata: a\nbar:\n\n", "[] a"),
				stream("names of the right length", "date: a\nix: 1\nevens: b\nretrx: 2\ndata: c\n\n", "[] c"),
				// Comments
				stream("a comment", ": ping\n\n"), stream("an empty comment", ":\n\ndata: a\n\n", "[] a"),
				stream("comments between lines", "data: a\n: one\n:two\ndata: b\n\n", "[] a\nb"),
				stream("a comment that looks like data", ":data: a\n\n"),
				stream("heartbeats between blocks", ": ping\n\ndata: a\n\n: ping\n\n: ping\n\ndata: b\n\n", "[] a",
						"[] b"),
				// Event
				stream("a type", "event: x\ndata: a\n\n", "x [] a"),
				stream("a type after the data", "data: a\nevent: x\n\n", "x [] a"),
				stream("the last type counts", "event: x\nevent: y\ndata: a\n\n", "y [] a"),
				stream("a type is for one block", "event: x\ndata: a\n\ndata: b\n\n", "x [] a", "[] b"),
				stream("a block without data uses the type up", "event: x\n\ndata: b\n\n", "[] b"),
				stream("an empty type is none", "event: x\nevent:\ndata: a\n\nevent\ndata: b\n\n", "[] a", "[] b"),
				stream("a type is not trimmed", "event:  x \ndata: a\n\n", " x  [] a"),
				stream("a type of several bytes", "event: ä\ndata: a\n\n", "ä [] a"),
				stream("types that alternate", "event: x\ndata: 1\n\nevent: y\ndata: 2\n\nevent: x\ndata: 3\n\n",
						"x [] 1", "y [] 2", "x [] 3"),
				stream("types that share a slot",
						"event: abc\ndata: 1\n\nevent: Abc\ndata: 2\n\nevent: abc\ndata: 3\n\n", "abc [] 1", "Abc [] 2",
						"abc [] 3"),
				stream("a long type", "event: " + "x".repeat(70) + "\ndata: a\n\n", "x".repeat(70) + " [] a"),
				// Id
				stream("an id", "id: 1\ndata: a\n\n", "[1] a"),
				stream("an id stays", "id: 1\ndata: a\n\ndata: b\n\n", "[1] a", "[1] b"),
				stream("an id from a block without data", "id: 1\n\ndata: b\n\n", "position [1]", "[1] b"),
				stream("the same id from a block without data", "id: 1\ndata: a\n\nid: 1\n\n", "[1] a"),
				stream("an empty id takes it back", "id: 1\ndata: a\n\nid:\ndata: b\n\nid: 2\n\nid\n\n", "[1] a",
						"[] b", "position [2]", "position []"),
				stream("an id with a NUL is none", "id: 1\ndata: a\n\nid: 2\0\ndata: b\n\nid: \0\ndata: c\n\n", "[1] a",
						"[1] b", "[1] c"),
				stream("the last id counts", "id: 1\nid: 2\ndata: a\n\n", "[2] a"),
				stream("an id of several bytes", "id: ä€\ndata: a\n\n", "[ä€] a"),
				stream("an id keeps its spaces", "id:  1 \ndata: a\n\n", "[ 1 ] a"),
				stream("an id after the data", "data: a\nid: 1\n\n", "[1] a"),
				// Retry
				stream("a time", "retry: 3000\n\n", "retry 3000"), stream("no time", "retry\nretry:\nretry: \n\n"),
				stream("letters", "retry: abc\nretry: 1s\nretry: 1.5\n\n"),
				stream("a sign", "retry: -1\nretry: +1\n\n"), stream("spaces", "retry:  1\nretry: 1 \n\n"),
				stream("zeros", "retry: 0007\n\n", "retry 7"), stream("other digits", "retry: \u0661\n\n"),
				stream("a number that is too large", "retry: 99999999999999999999\n\n", "retry " + Long.MAX_VALUE),
				stream("a time within a block", "data: a\nretry: 5\ndata: b\n\n", "retry 5", "[] a\nb"),
				// Ends
				stream("an unfinished block", "data: a\n\ndata: b\n", "[] a"),
				stream("an unfinished line", "data: a\n\ndata: b", "[] a"),
				stream("an unfinished block with an id", "id: 1\ndata: a\n\nid: 2\ndata: b\n", "[1] a"),
				stream("half a block with a type", "event: x\n"),
				// Size
				stream("the largest block", "data: " + "x".repeat(LIMIT) + "\n\n", "[] " + "x".repeat(LIMIT)),
				stream("one byte more", "data: " + "x".repeat(LIMIT + 1) + "\n\ndata: a\n\n", "too large 65 []",
						"[] a"),
				stream("several lines that are too much",
						"event: x\nid: 7\n" + ("data: " + "x".repeat(20) + "\n").repeat(4) + "\ndata: a\n\n",
						"x too large 83 [7]", "[7] a"),
				stream("a small line after a large one", "data: " + "x".repeat(100) + "\ndata: y\nid: 8\n\ndata: a\n\n",
						"too large 102 [8]", "[8] a"),
				stream("a small line before a large one", "data: y\ndata: " + "x".repeat(100) + "\n\ndata: a\n\n",
						"too large 102 []", "[] a"),
				stream("a long comment", ":" + "x".repeat(500) + "\ndata: a\n\n", "[] a"),
				stream("a long comment in a block", "data: a\n:" + "x".repeat(500) + "\ndata: b\n\n", "[] a\nb"),
				stream("a long line of another field", "foo: " + "x".repeat(500) + "\ndata: a\n\n", "[] a"),
				stream("a long name", "data" + "x".repeat(500) + "\ndata: a\n\n", "[] a"));
	}

	private static Arguments stream(String name, String text, String... blocks) {
		return arguments(Named.of(name, text.getBytes(StandardCharsets.UTF_8)), List.of(blocks));
	}

	private static Arguments bytes(String name, int[] first, String then, String... blocks) {
		byte[] rest = then.getBytes(StandardCharsets.UTF_8);
		int[] second = new int[rest.length];
		Arrays.setAll(second, (i) -> rest[i]);
		return bytes(name, first, second, blocks);
	}

	private static Arguments bytes(String name, int[] first, int[] second, String... blocks) {
		ByteArrayOutputStream all = new ByteArrayOutputStream();
		Stream.of(first, second).flatMapToInt(Arrays::stream).forEach(all::write);
		return arguments(Named.of(name, all.toByteArray()), List.of(blocks));
	}

	@ParameterizedTest
	@MethodSource("streams")
	void readsAWholeBuffer(byte[] stream, List<String> blocks) {
		assertThat(read(stream, stream.length)).isEqualTo(blocks);
	}

	@ParameterizedTest
	@MethodSource("streams")
	void readsOneByteAtATime(byte[] stream, List<String> blocks) {
		assertThat(read(stream, 1)).isEqualTo(blocks);
		assertThat(read(stream, 3)).isEqualTo(blocks);
	}

	@ParameterizedTest
	@MethodSource("streams")
	void readsTheSameWhereverItIsCut(byte[] stream, List<String> blocks) {
		for (int cut = 0; cut <= stream.length; cut++) {
			assertThat(read(stream, 0, cut, stream.length)).as("cut at %d", cut).isEqualTo(blocks);
		}
	}

	@ParameterizedTest
	@MethodSource("streams")
	void readsTheSameWithABlockBeforeIt(byte[] stream, List<String> blocks) {
		byte[] before = "data: 0\n\n".getBytes(StandardCharsets.UTF_8);
		if (stream.length == 0 || stream[0] == (byte) 0xEF || stream[0] == (byte) 0xFE) {
			return;
		}
		byte[] both = Arrays.copyOf(before, before.length + stream.length);
		System.arraycopy(stream, 0, both, before.length, stream.length);
		assertThat(read(both, both.length)).startsWith("[] 0")
			.endsWith(blocks.toArray(String[]::new))
			.hasSize(blocks.size() + 1);
	}

	@Test
	void whenThereIsAnIdFromBeforeThenItStays() {
		Recorder recorder = new Recorder();
		EventStreamParser parser = new EventStreamParser(LIMIT, "41", recorder);
		parse(parser, "data: a\n\nid: 41\n\nid: 42\n\n");
		assertThat(recorder.blocks).containsExactly("[41] a", "position [42]");
	}

	@Test
	void readsOnlyItsPartOfAnArray() {
		byte[] array = "data: x\n\ndata: a\n\ndata: y\n\n".getBytes(StandardCharsets.UTF_8);
		Recorder recorder = new Recorder();
		new EventStreamParser(LIMIT, "", recorder).parse(array, 9, 9);
		assertThat(recorder.blocks).containsExactly("[] a");
	}

	@Test
	void whenTheArrayIsUsedAgainThenDataIsNotChanged() {
		Recorder recorder = new Recorder();
		EventStreamParser parser = new EventStreamParser(LIMIT, "", recorder);
		byte[] array = "event: x\nid: 1\ndata: abc\n".getBytes(StandardCharsets.UTF_8);
		parser.parse(array, 0, array.length);
		Arrays.fill(array, (byte) '?');
		parse(parser, "\n");
		assertThat(recorder.blocks).containsExactly("x [1] abc");
	}

	@Test
	void whenEventsAreEndlessThenMemoryIsBounded() {
		Recorder recorder = new Recorder();
		EventStreamParser parser = new EventStreamParser(1024, "", recorder);
		byte[] junk = "x".repeat(8192).getBytes(StandardCharsets.UTF_8);
		parse(parser, "data: ");
		// More than an array can hold.
		for (int i = 0; i < 256 * 1024 + 1; i++) {
			parser.parse(junk, 0, junk.length);
		}
		parse(parser, "\n\ndata: a\n\n");
		assertThat(recorder.blocks).containsExactly("too large 2147491840 []", "[] a");
	}

	private static List<String> read(byte[] stream, int size) {
		Recorder recorder = new Recorder();
		EventStreamParser parser = new EventStreamParser(LIMIT, "", recorder);
		for (int from = 0; from < stream.length; from += size) {
			parser.parse(stream, from, Math.min(size, stream.length - from));
		}
		return recorder.blocks;
	}

	private static List<String> read(byte[] stream, int... cuts) {
		Recorder recorder = new Recorder();
		EventStreamParser parser = new EventStreamParser(LIMIT, "", recorder);
		for (int i = 1; i < cuts.length; i++) {
			byte[] part = Arrays.copyOfRange(stream, cuts[i - 1], cuts[i]);
			parser.parse(part, 0, part.length);
		}
		return recorder.blocks;
	}

	private static void parse(EventStreamParser parser, String text) {
		byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
		parser.parse(bytes, 0, bytes.length);
	}

	private static final class Recorder implements EventStreamParser.Handler {

		private final List<String> blocks = new ArrayList<>();

		@Override
		public void event(StreamItem.Frame frame) {
			this.blocks.add(type(frame.type()) + "[" + frame.lastEventId() + "] "
					+ new String(frame.data(), StandardCharsets.UTF_8));
		}

		@Override
		public void position(String lastEventId) {
			this.blocks.add("position [" + lastEventId + "]");
		}

		@Override
		public void retry(Duration delay) {
			this.blocks.add("retry " + delay.toMillis());
		}

		@Override
		public void tooLarge(@Nullable String type, long bytes, String lastEventId) {
			this.blocks.add(type(type) + "too large " + bytes + " [" + lastEventId + "]");
		}

		private static String type(@Nullable String type) {
			return (type != null) ? type + " " : "";
		}

	}

}
