package run.vendo.test;

import org.springframework.context.ApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.test.context.TestContext;
import org.springframework.test.context.support.AbstractTestExecutionListener;

/**
 * Resets the mocks of a test's application context after every test method, whatever has
 * become of the test.
 */
final class MockVendoTestExecutionListener extends AbstractTestExecutionListener {

	// Outermost, so that callbacks of other listeners still see what the test said.
	@Override
	public int getOrder() {
		return Ordered.HIGHEST_PRECEDENCE + 1000;
	}

	@Override
	public void afterTestMethod(TestContext testContext) {
		if (testContext.hasApplicationContext()) {
			ApplicationContext context = testContext.getApplicationContext();
			context.getBeansOfType(MockVendoClient.class, false, false).values().forEach(MockVendoClient::reset);
		}
	}

}
