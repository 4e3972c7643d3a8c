package run.vendo.autoconfigure.web.webhook;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.Type;
import java.util.List;

import jakarta.servlet.ServletRequest;

import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpInputMessage;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import org.springframework.web.servlet.mvc.method.annotation.RequestBodyAdviceAdapter;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerAdapter;

/**
 * Gives handlers the bytes that were verified: Spring MVC rebuilds the body of a form
 * from its parameters. Put into the adapter rather than annotated as advice, so that an
 * application that scans too much does not get it twice.
 */
final class WebhookRequestBodyAdvice extends RequestBodyAdviceAdapter {

	@Override
	public boolean supports(MethodParameter parameter, Type targetType,
			Class<? extends HttpMessageConverter<?>> converterType) {
		return true;
	}

	@Override
	public HttpInputMessage beforeBodyRead(HttpInputMessage message, MethodParameter parameter, Type targetType,
			Class<? extends HttpMessageConverter<?>> converterType) {
		RequestAttributes attributes = RequestContextHolder.getRequestAttributes();
		ServletRequest request = (attributes instanceof ServletRequestAttributes servlet) ? servlet.getRequest() : null;
		ServletWebhookDelivery verified = (request != null) ? ServletWebhookDelivery.of(request) : null;
		return (verified != null) ? new VerifiedMessage(message.getHeaders(), verified.delivery().content()) : message;
	}

	/**
	 * Puts the advice into the handler adapters.
	 */
	static final class Installer implements BeanPostProcessor {

		@Override
		public Object postProcessBeforeInitialization(Object bean, String beanName) {
			if (bean instanceof RequestMappingHandlerAdapter adapter) {
				adapter.setRequestBodyAdvice(List.of(new WebhookRequestBodyAdvice()));
			}
			return bean;
		}

	}

	/**
	 * A message with the bytes that were verified.
	 *
	 * @param headers the headers
	 * @param content the bytes
	 */
	private record VerifiedMessage(HttpHeaders headers, byte[] content) implements HttpInputMessage {

		@Override
		public HttpHeaders getHeaders() {
			return this.headers;
		}

		@Override
		public InputStream getBody() {
			return new ByteArrayInputStream(this.content);
		}

	}

}
