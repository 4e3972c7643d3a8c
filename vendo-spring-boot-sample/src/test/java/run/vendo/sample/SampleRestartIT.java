package run.vendo.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What is left of an application that Spring Boot's developer tools have restarted. In a
 * process of its own, whose caches let go of everything at each collection. Run by the
 * {@code packaging} profile.
 */
@Timeout(300)
class SampleRestartIT {

	@Test
	void restartsLeaveNeitherClassLoadersNorThreads() throws Exception {
		String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
		ProcessBuilder builder = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
				"-XX:SoftRefLRUPolicyMSPerMB=0", "-XX:TieredStopAtLevel=1", "-Xshare:auto",
				RestartProgram.class.getName());
		builder.environment().put("CLASSPATH", classPath);
		builder.environment().remove("JAVA_TOOL_OPTIONS");
		Process process = builder.redirectErrorStream(true).start();
		try {
			String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
			assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
			// The first run's may live on in threads that all of Reactor shares, the last
			// one's until the next restart: what must not be is one more with each.
			assertThat(output).contains("DONE").doesNotContain("LEFT 1", "LEFT 2").doesNotContain("THREAD ");
		}
		finally {
			process.destroyForcibly();
		}
	}

}
